/// \file  Questions, answers and record data as values.  RFC 1035, RFC 4034, RFC 6698.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dane/core/bytes.hpp"
#include "dane/core/clock.hpp"
#include "dane/core/domain_name.hpp"
#include "dane/core/ip_address.hpp"
#include "dane/core/outcome.hpp"

namespace dane::dns {

/// Record types that this library asks for.  Other values are kept as numbers.
enum class RecordType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  dname = 39,
  ds = 43,
  rrsig = 46,
  dnskey = 48,
  tlsa = 52
};

[[nodiscard]] std::string to_string(RecordType);  ///< "TLSA", "TYPE65280"
/// "TLSA" or "TYPE52" (RFC 3597), any case.  \return `record-type-unknown` otherwise.
[[nodiscard]] Result<RecordType> parse_record_type(std::string_view text);

/// Class IN always.
struct Question {
  DomainName name;
  RecordType type = RecordType::a;
  auto operator<=>(const Question&) const = default;
  [[nodiscard]] std::string to_string() const;  ///< "_25._tcp.mx.example.com TLSA"
};

/// One RRSIG that came with an answer.  RFC 4034 section 3.1.
struct Signature {
  DomainName owner;
  RecordType covered = RecordType::a;
  DomainName signer;
  std::uint8_t algorithm = 0;
  std::uint16_t key_tag = 0;
  std::uint8_t labels = 0;  ///< fewer than the owner has: expanded from a wildcard
  TimePoint inception;
  TimePoint expiration;
  bool operator==(const Signature&) const = default;
};

/// One CNAME (or the one that a DNAME stands for) that was followed.
struct Alias {
  DomainName owner;
  DomainName target;
  std::chrono::seconds ttl{};
  bool operator==(const Alias&) const = default;
};

/// A positive answer.
struct Answer {
  DomainName canonical_name;   ///< owner of the records, after the aliases
  std::vector<Alias> aliases;  ///< in the order followed
  /// Of the asked type, uncompressed wire form, names in lower case; sorted as RFC 4034 section 6.3
  /// has it, so that a server's rotation does not show; never empty.
  std::vector<Bytes> rdata;
  std::vector<Signature> signatures;  ///< RRSIGs in the answer section
  std::size_t message_size = 0;       ///< octets of the signed answer; 0 when unknown.  O47
  bool operator==(const Answer&) const = default;
};

using LookupOutcome = Outcome<Answer>;

/// MX RDATA.  RFC 1035 section 3.3.9, RFC 7505.
struct Mx {
  std::uint16_t preference = 0;
  DomainName exchange;  ///< the root for a null MX
  auto operator<=>(const Mx&) const = default;
};

[[nodiscard]] Result<Mx> decode_mx(ByteView rdata);  ///< or `mx-rdata-invalid`
[[nodiscard]] Result<DomainName> decode_name(
    ByteView rdata);  ///< CNAME, NS; or `domain-wire-invalid`
[[nodiscard]] Result<std::string> decode_txt(
    ByteView rdata);  ///< strings joined; or `txt-rdata-invalid`
/// All addresses of an A or AAAA answer; RDATA of another length is left out.
[[nodiscard]] std::vector<IpAddress> decode_addresses(const Answer& answer);

}  // namespace dane::dns
