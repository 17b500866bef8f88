/// \file  A TLSA resource record as a value.  RFC 6698 section 2, RFC 7218.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/bytes.hpp"
#include "dane/core/domain_name.hpp"
#include "dane/core/error.hpp"
#include "dane/x509/certificate.hpp"

namespace dane::tlsa {

/// Certificate usage, RFC 6698 section 2.1.1.  Any octet is a legal wire value, so values without
/// a name here are kept, compared and printed as numbers.
enum class CertificateUsage : std::uint8_t {
  pkix_ta = 0,
  pkix_ee = 1,
  dane_ta = 2,
  dane_ee = 3,
  priv_cert = 255
};
enum class Selector : std::uint8_t { cert = 0, spki = 1, priv_sel = 255 };  ///< section 2.1.2
enum class MatchingType : std::uint8_t {
  full = 0,
  sha2_256 = 1,
  sha2_512 = 2,
  priv_match = 255
};  ///< 2.1.3

/// One TLSA record.  A plain value: copyable, comparable, owns its bytes.
struct Record {
  CertificateUsage usage{};
  Selector selector{};
  MatchingType matching_type{};
  Bytes association_data;  ///< raw octets, never hex; RFC 6698 section 2.1.4
  bool operator==(const Record&) const = default;
};

/// Decodes RDATA.  Decoding does not judge: see usability().
/// \return the record, or `tlsa-rdata-too-short` when fewer than 4 octets are given.
[[nodiscard]] Result<Record> decode_rdata(ByteView rdata);
[[nodiscard]] Bytes encode_rdata(const Record& record);

/// Parses presentation form: "3 1 1 HEX", white space and parentheses within, numbers or the
/// RFC 7218 acronyms in any case ("DANE-EE SPKI SHA2-256 HEX"); also RFC 3597 "\# 35 030101...".
/// Or a whole line of a zone, see parse_zone_record(), of which the owner is left out.
/// \return `tlsa-field-missing`, `tlsa-field-invalid`, `tlsa-field-range`, `tlsa-odd-hex`,
/// `tlsa-bad-hex`, `tlsa-generic-length`, `tlsa-too-long` (over 65535 octets), from the generic
/// form `tlsa-rdata-too-short`, `tlsa-several-records` (a line break is accepted within
/// parentheses only), and from a whole line `tlsa-other-type` and `tlsa-owner-invalid`.
[[nodiscard]] Result<Record> parse_presentation(std::string_view text);

/// A record as a zone has it.
struct ZoneRecord {
  std::optional<DomainName> owner;   ///< nothing when the text names none
  bool owner_ends_with_dot = false;  ///< without it the zone's name may be left out
  Record record;
};
/// One record of a zone, RFC 1035 section 5.1: `[OWNER] [TTL] [CLASS] TLSA` (or `TYPE52`) before
/// the RDATA, TTL and class in any order, a comment behind; or the RDATA alone.
/// \return as parse_presentation().
[[nodiscard]] Result<ZoneRecord> parse_zone_record(std::string_view text);
[[nodiscard]] std::string format_presentation(const Record& record);  ///< "3 1 1 hex"
[[nodiscard]] std::string format_parameters(const Record& record);    ///< "3 1 1"
/// "DANE-EE(3) SPKI(1) SHA2-256(1)", RFC 7218.
[[nodiscard]] std::string format_acronyms(const Record& record);

/// `_port._tcp.base`.  RFC 6698 section 3.  \return `tlsa-port-invalid` for port 0,
/// `tlsa-protocol-invalid` for anything but "tcp", "udp", "sctp", `domain-too-long`.
[[nodiscard]] Result<DomainName> owner_name(std::uint16_t port, std::string_view proto,
                                            const DomainName& base);

/// smtp: RFC 7672, usages 0 and 1 are unusable (S45).  any: RFC 6698, all four.
enum class Profile { smtp, any };

enum class Unusable {
  unknown_usage,
  unknown_selector,
  unknown_matching_type,
  digest_length,  ///< SHA-256 is not 32 octets, SHA-512 not 64
  empty_data,
  malformed_certificate,  ///< selector 0, matching type 0: not exactly one DER certificate with a
                          ///< usable key
  malformed_key,          ///< selector 1, matching type 0: not a SubjectPublicKeyInfo
  pkix_usage_for_smtp     ///< usage 0 or 1, RFC 7672 section 3.1.3
};
[[nodiscard]] std::string to_string(
    Unusable);  ///< "unknown-usage", "digest-length", "pkix-usage-for-smtp", ...
[[nodiscard]] std::string rule_of(Unusable);  ///< "D19", "D20", "S45"

/// Why the record cannot be used, or nothing when it can.  RFC 6698 section 4.1.
[[nodiscard]] std::optional<Unusable> usability(const Record& record, Profile profile);

/// For each record: is it set aside by digest algorithm agility?  Within one (usage, selector),
/// over the usable records only, Full(0) and the strongest digest are kept (512 over 256).
/// RFC 7671 section 9; rules O43, O44.
[[nodiscard]] std::vector<bool> set_aside_by_agility(const std::vector<Record>& records,
                                                     const std::vector<bool>& usable);

/// Does the certificate (or its key, for selector 1) match the record's data?  Looks at selector,
/// matching type and data only, not at usage or usability.
[[nodiscard]] bool matches(const Record& record, const x509::Certificate& certificate);

/// The record with these parameters for a certificate.  \return `tlsa-cannot-generate` for
/// parameters without a meaning.
[[nodiscard]] Result<Record> make_record(CertificateUsage, Selector, MatchingType,
                                         const x509::Certificate&);

}  // namespace dane::tlsa
