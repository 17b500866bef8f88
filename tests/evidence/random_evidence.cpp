#include "tests/evidence/random_evidence.hpp"

#include <stdexcept>

#include "tests/evidence/certificates.hpp"

namespace dane::test {

namespace {
using evidence::Evidence;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::invalid_argument(result.error().what);
  return std::move(*result);
}

class Maker {
 public:
  explicit Maker(std::mt19937& random) : random_(random) {}

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  bool chance(std::uint32_t one_in) { return below(one_in) == 0; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return *(values.begin() + below(static_cast<std::uint32_t>(values.size())));
  }

  std::chrono::seconds seconds() {
    return std::chrono::seconds(
        one_of<std::uint32_t>({0, 1, 3600, static_cast<std::uint32_t>(random_()), UINT32_MAX}));
  }
  TimePoint time() { return TimePoint(std::chrono::seconds(random_())); }
  Security security() { return one_of({Security::secure, Security::insecure}); }
  Bytes octets(std::size_t most) {
    Bytes out(below(static_cast<std::uint32_t>(most + 1)));
    for (auto& octet : out) octet = static_cast<std::byte>(random_());
    return out;
  }
  std::string text() {
    return one_of<std::string>({"", "no answer before the deadline", "caf\u00e9 \u4f8b",
                                "a\\\\b\\x1b", "\"quoted\" {} [] / \t", std::string(300, 'x')});
  }
  DomainName domain() {
    DomainName out;
    const auto labels = below(5);
    for (std::uint32_t i = 0; i < labels; ++i) {
      std::string label;
      const auto length = 1 + below(12);
      for (std::uint32_t k = 0; k < length; ++k) {
        // Any octet is legal in DNS; upper case is folded when the name is made.
        label += chance(6) ? static_cast<char>(random_()) : static_cast<char>('a' + below(26));
      }
      out = must(out.prepend(label));
    }
    // prepend() takes octets as they come; the wire form folds case as a lookup would.
    return must(DomainName::decode_wire(out.to_wire()));
  }
  IpAddress ip() {
    Bytes raw(chance(2) ? 4 : 16);
    for (auto& octet : raw) octet = static_cast<std::byte>(chance(2) ? 0U : random_());
    return must(IpAddress::decode(raw));
  }
  Endpoint endpoint() { return {ip(), static_cast<std::uint16_t>(random_())}; }
  dns::Question question() {
    using dns::RecordType;
    return {domain(), one_of({RecordType::a, RecordType::mx, RecordType::tlsa, RecordType::aaaa,
                              RecordType::cname, RecordType::soa, RecordType::txt, RecordType::ns,
                              static_cast<RecordType>(random_())})};
  }

  dns::Signature signature() {
    return {domain(),
            question().type,
            domain(),
            static_cast<std::uint8_t>(random_()),
            static_cast<std::uint16_t>(random_()),
            static_cast<std::uint8_t>(random_()),
            time(),
            time()};
  }
  dns::Answer answer() {
    dns::Answer out;
    out.canonical_name = domain();
    while (chance(3)) out.aliases.push_back({domain(), domain(), seconds()});
    do {
      out.rdata.push_back(octets(80));
    } while (!chance(2));
    while (chance(2)) out.signatures.push_back(signature());
    out.message_size = below(65536);
    return out;
  }
  dns::LookupOutcome outcome() {
    switch (below(3)) {
      case 0:
        return Found<dns::Answer>{answer(), seconds(), security()};
      case 1:
        return Absent{seconds(), security(), chance(2),
                      chance(2) ? std::optional(domain()) : std::nullopt};
      default:
        return Failed{static_cast<FailureKind>(below(9)), text(), text(), text()};
    }
  }

  probe::ProbeRequest request() {
    probe::ProbeRequest out;
    out.endpoint = endpoint();
    out.protocol = static_cast<probe::Protocol>(below(8));
    out.host = domain();
    if (chance(2)) out.server_name = domain();
    if (chance(2)) {
      out.tls = tls_offer();
    } else {
      out.offer = static_cast<probe::Offer>(below(3));
    }
    return out;
  }
  probe::TlsOffer tls_offer() {
    probe::TlsOffer out{{}, text(), static_cast<int>(below(6)), chance(2)};
    for (std::uint16_t version = 0x0300; version <= 0x0304; ++version) {
      if (chance(2)) out.versions.push_back(static_cast<probe::TlsVersion>(version));
    }
    return out;
  }

  probe::Presented session(const std::optional<probe::TlsOffer>& offer) {
    probe::Presented out{text(), text(), {}};
    if (!offer || !offer->allow_anonymous || chance(2)) {
      do {
        out.chain.push_back(certificate(one_of({mx1, mx2, ca}).base64));
      } while (chance(2));
    }
    const auto bits = [&] { return static_cast<int>(below(65536)); };
    if (offer && !chance(4)) {
      out.details = probe::SessionDetails{bits(), bits(), text(), text(), text()};
    }
    return out;
  }
  probe::ProbeFailed failure(const std::optional<probe::TlsOffer>& offer) {
    probe::ProbeFailed out{static_cast<probe::ProbeFailure>(below(16)), text(), text(), text()};
    if (!offer || chance(4)) return out;
    out.details = probe::FailureDetails{static_cast<probe::ProbeStage>(below(7)), text()};
    while (chance(2)) out.details->library_errors.push_back(text());
    if (chance(2)) out.details->session = session(offer);
    return out;
  }
  probe::ProbeResult result(const std::optional<probe::TlsOffer>& offer) {
    probe::ProbeResult out;
    if (chance(2)) {
      out.outcome = session(offer);
    } else {
      out.outcome = failure(offer);
    }
    while (!chance(3)) out.dialogue.push_back(text());
    return out;
  }

 private:
  std::mt19937& random_;
};
}  // namespace

x509::Certificate certificate(std::string_view base64) {
  return must(x509::Certificate::decode_der(must(from_base64(base64))));
}
DomainName name(std::string_view text) {
  return must(DomainName::parse_presentation(text));
}
IpAddress address(std::string_view text) {
  return must(IpAddress::parse(text));
}
TimePoint time_of(std::string_view rfc3339) {
  return must(parse_rfc3339(rfc3339));
}

Evidence random_evidence(std::mt19937& random) {
  Maker make(random);
  Evidence out;
  out.tool = make.text();
  out.tool_version = make.text();
  out.saved_at = make.time();
  out.evaluated_at = make.time();
  out.request = make.one_of<std::string>(
      {"", R"({"domains":["example.com"]})", R"({"a":[1,-2,3.5,null,true],"b":{"c":"\u001b"}})"});
  while (!make.chance(4)) out.lookups[make.question()] = make.outcome();
  while (!make.chance(3)) out.authorities[{make.endpoint(), make.question()}] = make.outcome();
  while (!make.chance(4)) {
    const auto request = make.request();
    out.probes[request] = make.result(request.tls);
  }
  return out;
}

}  // namespace dane::test
