/// \file  Hostile DNS messages: the decoder must end, and what it accepts must hold together.
#include <cstdint>
#include <cstdlib>

#include "libdane/dns/follow.hpp"
#include "libdane/dns/message.hpp"

using namespace dane;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Those of the seeds, corpus/dns_message: the first octet of an input chooses.
const std::vector<dns::Question>& questions() {
  using dns::RecordType;
  static const auto name = [](const char* text) {
    return DomainName::parse_presentation(text).value();
  };
  static const std::vector<dns::Question> all{{name("_25._tcp.mx1.signed.test"), RecordType::tlsa},
                                              {name("signed.test"), RecordType::mx},
                                              {name("_25._tcp.mx3.signed.test"), RecordType::tlsa},
                                              {name("cn1.signed.test"), RecordType::a},
                                              {name("mx1.dn.signed.test"), RecordType::a},
                                              {name("loop1.signed.test"), RecordType::a},
                                              {name("_25._tcp.foo.signed.test"), RecordType::tlsa},
                                              {name("loop1.signed.test"), RecordType::cname}};
  return all;
}

void check(const dns::Message& message, const dns::Question& question, std::size_t size) {
  require(message.size == size);
  require(message.aliases.size() <= dns::kMaxAliases);
  DomainName at = question.name;
  for (const auto& alias : message.aliases) {
    require(alias.owner == at);
    at = alias.target;
  }
  require(message.final_name == at);
  require(message.rdata.empty() || message.ttl.has_value());
  require(!(message.referral && !message.rdata.empty()));
  for (std::size_t i = 1; i < message.rdata.size(); ++i)
    require(message.rdata[i - 1] < message.rdata[i]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const dns::Question& question = questions()[data[0] % questions().size()];
  // A copy of just that size, so that a read beyond it is seen.
  const auto* begin = reinterpret_cast<const std::byte*>(data + 1);
  const Bytes wire(begin, begin + size - 1);
  static_cast<void>(dns::is_reply_to(wire, 0x1234, question));
  const auto message = dns::decode_message(wire, question);
  if (!message) return 0;
  check(*message, question, wire.size());
  static_cast<void>(dns::lookup_following(question, [&](const dns::Question&) -> dns::Asked {
    return dns::Reply{*message, Security::secure};
  }));
  for (const auto& rdata : message->rdata) {
    static_cast<void>(dns::decode_mx(rdata));
    static_cast<void>(dns::decode_txt(rdata));
    static_cast<void>(dns::decode_name(rdata));
  }
  return 0;
}
