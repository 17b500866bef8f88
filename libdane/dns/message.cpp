#include "libdane/dns/message.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "libdane/dns/extended_error.hpp"
#include "libdane/dns/ldns_handle.hpp"

namespace dane::dns {
namespace {

using std::chrono::seconds;

tl::unexpected<Error> refuse(const Question& question, std::string what) {
  return fail("message-malformed", std::move(what), question.to_string());
}

/// RFC 2181 section 8: a TTL with the top bit set counts as zero.
seconds ttl_of(std::uint32_t raw) {
  return seconds(raw > 0x7fffffffU ? 0 : raw);
}

seconds least(const std::optional<seconds>& have, seconds next) {
  return have ? std::min(*have, next) : next;
}

std::uint16_t u16_at(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8U |
                                    std::to_integer<unsigned>(bytes[at + 1]));
}

std::uint32_t u32_of(const ldns_rdf* rdf) {
  const ByteView bytes = view_of(rdf);
  if (bytes.size() != 4) return 0;
  return std::uint32_t{u16_at(bytes, 0)} << 16U | u16_at(bytes, 2);
}

std::uint16_t u16_of(const ldns_rdf* rdf) {
  const ByteView bytes = view_of(rdf);
  return bytes.size() == 2 ? u16_at(bytes, 0) : std::uint16_t{0};
}

std::uint8_t u8_of(const ldns_rdf* rdf) {
  const ByteView bytes = view_of(rdf);
  return bytes.size() == 1 ? std::to_integer<std::uint8_t>(bytes[0]) : std::uint8_t{0};
}

/// RDATA without compression, names in it in lower case.  RFC 4034 section 6.2.
Bytes canonical_rdata(const ldns_rr* rr) {
  const LdnsBuffer buffer(ldns_buffer_new(512));
  for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
    const ldns_rdf* rdf = ldns_rr_rdf(rr, i);
    if (rdf != nullptr) static_cast<void>(ldns_rdf2buffer_wire_canonical(buffer.get(), rdf));
  }
  const auto* begin = reinterpret_cast<const std::byte*>(ldns_buffer_begin(buffer.get()));
  return {begin, begin + ldns_buffer_position(buffer.get())};
}

struct AnswerRecord {
  DomainName owner;
  RecordType type;
  const ldns_rr* rr;
};

Result<std::vector<AnswerRecord>> answer_records(const ldns_pkt* packet, const Question& question) {
  std::vector<AnswerRecord> out;
  const ldns_rr_list* list = ldns_pkt_answer(packet);
  for (std::size_t i = 0; list != nullptr && i < ldns_rr_list_rr_count(list); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(list, i);
    if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN) continue;
    auto owner = name_of(ldns_rr_owner(rr));
    if (!owner) return refuse(question, "an owner name in the reply cannot be decoded");
    out.push_back({std::move(*owner), static_cast<RecordType>(ldns_rr_get_type(rr)), rr});
  }
  return out;
}

std::optional<Signature> decode_signature(const AnswerRecord& record) {
  if (ldns_rr_rd_count(record.rr) != 9) return std::nullopt;
  const auto field = [&](std::size_t i) { return ldns_rr_rdf(record.rr, i); };
  auto signer = name_of(field(7));
  if (!signer) return std::nullopt;
  Signature s;
  s.owner = record.owner;
  s.covered = static_cast<RecordType>(u16_of(field(0)));
  s.algorithm = u8_of(field(1));
  s.labels = u8_of(field(2));
  s.expiration = TimePoint(seconds(u32_of(field(4))));
  s.inception = TimePoint(seconds(u32_of(field(5))));
  s.key_tag = u16_of(field(6));
  s.signer = std::move(*signer);
  return s;
}

/// `name` with the DNAME owner replaced by its target; none when that is too long.  RFC 6672 2.2.
std::optional<DomainName> substitute(const DomainName& name, const DomainName& owner,
                                     const DomainName& target) {
  DomainName out = target;
  const auto& labels = name.labels();
  for (std::size_t i = labels.size() - owner.labels().size(); i-- > 0;) {
    auto longer = out.prepend(labels[i]);
    if (!longer) return std::nullopt;
    out = std::move(*longer);
  }
  return out;
}

/// The alias at `name`: its CNAME, or what a DNAME above it makes of it.
Result<std::optional<Alias>> alias_at(const DomainName& name,
                                      const std::vector<AnswerRecord>& records,
                                      const Question& question) {
  std::optional<Alias> cname;
  std::optional<Alias> dname;
  for (const auto& record : records) {
    const bool is_cname = record.type == RecordType::cname && record.owner == name;
    const bool is_dname =
        record.type == RecordType::dname && name != record.owner && name.is_within(record.owner);
    if (!is_cname && !is_dname) continue;
    auto target = name_of(ldns_rr_rdf(record.rr, 0));
    if (!target) return refuse(question, "an alias in the reply has no target");
    const seconds ttl = ttl_of(ldns_rr_ttl(record.rr));
    if (is_dname) {
      auto replaced = substitute(name, record.owner, *target);
      if (!replaced) return refuse(question, "a DNAME makes a name that is too long");
      target = std::move(*replaced);
    }
    auto& slot = is_cname ? cname : dname;
    if (slot && slot->target != *target)
      return refuse(question, fmt::format("two different aliases at {}", name.to_string()));
    slot = Alias{name, std::move(*target), slot ? std::min(slot->ttl, ttl) : ttl};
  }
  // The CNAME beside a DNAME is unsigned: it counts only as far as the DNAME bears it out.
  if (cname && dname && cname->target != dname->target)
    return refuse(question, fmt::format("CNAME and DNAME at {} differ", name.to_string()));
  return cname ? cname : dname;
}

Result<void> follow_aliases(Message& message, const std::vector<AnswerRecord>& records,
                            const Question& question) {
  message.final_name = question.name;
  std::set<DomainName> seen{question.name};
  for (;;) {
    const bool arrived = std::any_of(records.begin(), records.end(), [&](const AnswerRecord& r) {
      return r.type == question.type && r.owner == message.final_name;
    });
    if (arrived || question.type == RecordType::cname) return {};
    auto alias = alias_at(message.final_name, records, question);
    if (!alias) return tl::unexpected(alias.error());
    if (!alias->has_value()) return {};
    message.ttl = least(message.ttl, (*alias)->ttl);
    message.final_name = (*alias)->target;
    message.aliases.push_back(std::move(**alias));
    if (!seen.insert(message.final_name).second)
      return refuse(question,
                    fmt::format("the aliases loop at {}", message.final_name.to_string()));
    if (message.aliases.size() > kMaxAliases)
      return refuse(question, fmt::format("more than {} aliases in a row", kMaxAliases));
  }
}

void collect_records(Message& message, const std::vector<AnswerRecord>& records,
                     const Question& question) {
  for (const auto& record : records) {
    if (record.type == RecordType::rrsig) {
      if (auto signature = decode_signature(record)) message.signatures.push_back(*signature);
    }
    if (record.type != question.type || record.owner != message.final_name) continue;
    message.rdata.push_back(canonical_rdata(record.rr));
    message.ttl = least(message.ttl, ttl_of(ldns_rr_ttl(record.rr)));
  }
  std::sort(message.rdata.begin(), message.rdata.end());
  message.rdata.erase(std::unique(message.rdata.begin(), message.rdata.end()), message.rdata.end());
}

void read_authority(Message& message, const ldns_pkt* packet) {
  const ldns_rr_list* list = ldns_pkt_authority(packet);
  bool name_servers = false;
  for (std::size_t i = 0; list != nullptr && i < ldns_rr_list_rr_count(list); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(list, i);
    if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NS) name_servers = true;
    if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(rr) != 7) continue;
    // RFC 2308 section 5 (X8): the lesser of the SOA's TTL and its MINIMUM field.
    const seconds ttl = std::min(ttl_of(ldns_rr_ttl(rr)), ttl_of(u32_of(ldns_rr_rdf(rr, 6))));
    message.negative_ttl = least(message.negative_ttl, ttl);
  }
  // RFC 2308 section 2.2: NS without SOA, not authoritative and nothing answered is a referral.
  message.referral = name_servers && !message.negative_ttl && !message.authoritative &&
                     message.rcode == 0 && message.aliases.empty() && message.rdata.empty();
}

bool asks(const ldns_pkt* packet, const Question& question) {
  const ldns_rr_list* list = ldns_pkt_question(packet);
  if (list == nullptr || ldns_rr_list_rr_count(list) != 1) return false;
  const ldns_rr* rr = ldns_rr_list_rr(list, 0);
  const auto name = name_of(ldns_rr_owner(rr));
  return name && *name == question.name && ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
         static_cast<RecordType>(ldns_rr_get_type(rr)) == question.type;
}

LdnsPacket parse_packet(ByteView wire, ldns_status& status) {
  ldns_pkt* packet = nullptr;
  status = ldns_wire2pkt(&packet, reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size());
  return LdnsPacket(status == LDNS_STATUS_OK ? packet : nullptr);
}

}  // namespace

bool is_reply_to(ByteView wire, std::uint16_t id, const Question& question) {
  if (wire.size() < LDNS_HEADER_SIZE || u16_at(wire, 0) != id) return false;
  const unsigned flags = u16_at(wire, 2);
  if ((flags & 0x8000U) == 0 || (flags & 0x7800U) != 0) return false;
  // Servers that could not read the query may answer without it: an error, never data.
  const std::uint16_t questions = u16_at(wire, 4);
  if (questions == 0) return (flags & 0xfU) != 0 || wire.size() == LDNS_HEADER_SIZE;
  if (questions != 1) return false;
  // A name that is compressed or in another place than here cannot be the question's own.
  const Bytes name = question.name.to_wire();
  if (wire.size() < LDNS_HEADER_SIZE + name.size() + 4) return false;
  const auto got = DomainName::decode_wire(wire.subspan(LDNS_HEADER_SIZE, name.size()));
  const std::size_t after = LDNS_HEADER_SIZE + name.size();
  return got && *got == question.name &&
         u16_at(wire, after) == static_cast<std::uint16_t>(question.type) &&
         u16_at(wire, after + 2) == LDNS_RR_CLASS_IN;
}

Result<Message> decode_message(ByteView wire, const Question& question) {
  ldns_status status = LDNS_STATUS_OK;
  const LdnsPacket packet = parse_packet(wire, status);
  if (!packet)
    return refuse(question,
                  fmt::format("the reply cannot be decoded: {}", ldns_get_errorstr_by_id(status)));
  if (!ldns_pkt_qr(packet.get()) || ldns_pkt_get_opcode(packet.get()) != LDNS_PACKET_QUERY)
    return refuse(question, "the message is no reply to a query");

  Message message;
  message.size = wire.size();
  message.rcode = static_cast<unsigned>(ldns_pkt_get_rcode(packet.get()));
  if (ldns_pkt_edns(packet.get()))
    message.rcode |= static_cast<unsigned>(ldns_pkt_edns_extended_rcode(packet.get())) << 4U;
  message.authoritative = ldns_pkt_aa(packet.get());
  message.truncated = ldns_pkt_tc(packet.get());
  message.authenticated = ldns_pkt_ad(packet.get());
  message.final_name = question.name;
  if (auto errors = decode_extended_errors(packet.get())) {
    message.extended_error = errors->code;
    message.extended_text = std::move(errors->text);
  }

  const bool answers = message.rcode == LDNS_RCODE_NOERROR || message.rcode == LDNS_RCODE_NXDOMAIN;
  if (!asks(packet.get(), question) && (answers || ldns_pkt_qdcount(packet.get()) != 0))
    return refuse(question, "the reply is about another question");
  if (!answers) return message;

  const auto records = answer_records(packet.get(), question);
  if (!records) return tl::unexpected(records.error());
  if (auto followed = follow_aliases(message, *records, question); !followed)
    return tl::unexpected(followed.error());
  collect_records(message, *records, question);
  read_authority(message, packet.get());
  if (message.rcode == LDNS_RCODE_NXDOMAIN && !message.rdata.empty())
    return refuse(question, "the reply denies the name and has records for it");
  return message;
}

std::string rcode_name(unsigned rcode) {
  if (rcode == 16) return "BADVERS";
  constexpr std::array<std::string_view, 11> names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                   "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                   "NXRRSET", "NOTAUTH", "NOTZONE"};
  return rcode < names.size() ? std::string(names[rcode]) : fmt::format("RCODE {}", rcode);
}

}  // namespace dane::dns
