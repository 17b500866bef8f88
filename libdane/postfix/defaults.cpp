#include <array>

#include "dane/postfix/settings.hpp"

#include "libdane/postfix/since.hpp"

namespace dane::postfix {
namespace {

/// A parameter's default from some releases on; the last row that applies counts.
struct DefaultRow {
  std::string_view parameter;
  std::string_view value;
  std::string_view since = "2.6";
};

constexpr std::string_view mid_2015 = "2.9.14 2.10.8 2.11.6 3.0.2 3.1";

constexpr DefaultRow rows[] = {
    {"best_mx_transport", ""},
    {"compatibility_level", "0", "3.0"},
    {"default_database_type", "hash"},
    {"disable_dns_lookups", "no"},
    {"dnssec_probe", "ns:.", "3.2.21 3.3.16 3.4.19 3.5.9 3.6"},
    {"fallback_relay", ""},
    {"ignore_mx_lookup_error", "no"},
    {"inet_interfaces", "all"},
    {"inet_protocols", "ipv4"},
    {"inet_protocols", "all", "2.9"},
    {"mydomain", "localdomain"},
    {"myhostname", ""},  // the machine's
    {"proxy_interfaces", ""},
    {"relayhost", ""},
    {"smtp_address_preference", "any", "2.8"},
    {"smtp_always_send_ehlo", "yes"},
    {"smtp_balance_inet_protocols", "yes", "3.3"},
    {"smtp_cname_overrides_servername", "no"},
    {"smtp_defer_if_no_mx_address_found", "no"},
    {"smtp_discard_ehlo_keywords", ""},
    {"smtp_dns_resolver_options", "", "2.8"},
    {"smtp_dns_support_level", "", "2.11"},
    {"smtp_enforce_tls", "no"},
    {"smtp_fallback_relay", "$fallback_relay"},
    {"smtp_host_lookup", "dns"},
    {"smtp_mx_address_limit", "5"},
    {"smtp_never_send_ehlo", "no"},
    {"smtp_pix_workaround_maps", ""},
    {"smtp_pix_workarounds", "disable_esmtp,delay_dotcrlf"},
    {"smtp_skip_5xx_greeting", "yes"},
    {"smtp_tcp_port", "smtp", "3.7"},
    {"smtp_tls_CAfile", ""},
    {"smtp_tls_CApath", ""},
    {"smtp_tls_cert_file", ""},
    {"smtp_tls_chain_files", "", "3.4"},
    {"smtp_tls_ciphers", "export"},
    {"smtp_tls_ciphers", "medium", mid_2015},
    {"smtp_tls_connection_reuse", "no", "3.4"},
    {"smtp_tls_dcert_file", ""},
    {"smtp_tls_dkey_file", "$smtp_tls_dcert_file"},
    {"smtp_tls_eccert_file", "", "2.6"},
    {"smtp_tls_eckey_file", "$smtp_tls_eccert_file", "2.6"},
    {"smtp_tls_enable_rpk", "no", "3.9"},
    {"smtp_tls_enforce_peername", "yes"},
    {"smtp_tls_enforce_sts_mx_patterns", "yes", "3.10.5 3.11"},
    {"smtp_tls_exclude_ciphers", ""},
    {"smtp_tls_fingerprint_cert_match", ""},
    {"smtp_tls_fingerprint_digest", "md5"},
    {"smtp_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}",
     "3.6"},
    {"smtp_tls_force_insecure_host_tlsa_lookup", "no", "2.11"},
    {"smtp_tls_key_file", "$smtp_tls_cert_file"},
    {"smtp_tls_loglevel", "0"},
    {"smtp_tls_note_starttls_offer", "no"},
    {"smtp_tls_mandatory_ciphers", "medium"},
    {"smtp_tls_mandatory_exclude_ciphers", ""},
    {"smtp_tls_mandatory_protocols", "SSLv3, TLSv1"},
    {"smtp_tls_mandatory_protocols", "!SSLv2", "2.8"},
    {"smtp_tls_mandatory_protocols", "!SSLv2, !SSLv3", mid_2015},
    {"smtp_tls_mandatory_protocols", ">=TLSv1", "3.6"},
    {"smtp_tls_per_site", ""},
    {"smtp_tls_policy_maps", ""},
    {"smtp_tls_protocols", "!SSLv2"},
    {"smtp_tls_protocols", "!SSLv2, !SSLv3", mid_2015},
    {"smtp_tls_protocols", ">=TLSv1", "3.6"},
    {"smtp_tls_scert_verifydepth", "9"},
    {"smtp_tls_secure_cert_match", "nexthop, dot-nexthop"},
    {"smtp_tls_security_level", ""},
    {"smtp_tls_security_level", "${{$compatibility_level} <level {3.11} ? {} : {may}}", "3.11"},
    {"smtp_tls_servername", "", "3.4"},
    {"smtp_tls_trust_anchor_file", "", "2.11"},
    {"smtp_tls_verify_cert_match", "hostname"},
    {"smtp_tls_wrappermode", "no", "3.0"},
    {"smtp_use_tls", "no"},
    {"smtputf8_enable", "${{$compatibility_level} < {1} ? {no} : {yes}}", "3.0"},
    {"smtputf8_enable", "${{$compatibility_level} <level {1} ? {no} : {yes}}", "3.6"},
    {"tls_append_default_CA", "no", "2.6.8 2.7.2 2.8"},
    {"tls_dane_digests", "sha512 sha256", "2.11"},
    {"tls_export_cipherlist", "ALL:+RC4:@STRENGTH"},
    {"tls_export_cipherlist", "aNULL:-aNULL:ALL:+RC4:@STRENGTH", "2.8"},
    {"tls_export_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH", "3.1"},
    {"tls_export_cipherlist", "", "3.8"},
    {"tls_high_cipherlist", "ALL:!EXPORT:!LOW:!MEDIUM:+RC4:@STRENGTH"},
    {"tls_high_cipherlist", "aNULL:-aNULL:ALL:!EXPORT:!LOW:!MEDIUM:+RC4:@STRENGTH", "2.8"},
    {"tls_high_cipherlist", "aNULL:-aNULL:HIGH:@STRENGTH", "3.1"},
    {"tls_high_cipherlist",
     "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH", "3.8"},
    {"tls_low_cipherlist", "ALL:!EXPORT:+RC4:@STRENGTH"},
    {"tls_low_cipherlist", "aNULL:-aNULL:ALL:!EXPORT:+RC4:@STRENGTH", "2.8"},
    {"tls_low_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH", "3.1"},
    {"tls_low_cipherlist", "", "3.8"},
    {"tls_medium_cipherlist", "ALL:!EXPORT:!LOW:+RC4:@STRENGTH"},
    {"tls_medium_cipherlist", "aNULL:-aNULL:ALL:!EXPORT:!LOW:+RC4:@STRENGTH", "2.8"},
    {"tls_medium_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH", "3.1"},
    {"tls_medium_cipherlist",
     "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:"
     "@STRENGTH",
     "3.8"},
    {"tls_null_cipherlist", "eNULL:!aNULL"},
    {"tls_null_cipherlist", "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL", "3.8"},
    {"tls_wildcard_matches_multiple_labels", "yes", "2.11"},
};

/// Its default changed back and forth within branches: see InsecureMxDefault.
std::optional<std::string> insecure_mx_policy(const Version& version) {
  const auto features = features_of(version);
  if (!features.halfdane) return std::nullopt;
  if (features.insecure_mx_default == InsecureMxDefault::dane) return "dane";
  return "${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}";
}

}  // namespace

std::optional<std::string> default_of(std::string_view parameter, const Version& version) {
  if (parameter == "mail_version") return version.to_string();
  if (parameter == "smtp_tls_dane_insecure_mx_policy") return insecure_mx_policy(version);
  std::optional<std::string> found;
  for (const auto& row : rows) {
    if (row.parameter == parameter && since(version, row.since)) found = row.value;
  }
  return found;
}

std::vector<std::string> known_parameters(const Version& version) {
  std::vector<std::string> names{"mail_version"};
  if (features_of(version).halfdane) names.emplace_back("smtp_tls_dane_insecure_mx_policy");
  for (const auto& row : rows) {
    if (since(version, row.since) && names.back() != row.parameter)
      names.emplace_back(row.parameter);
  }
  return names;
}

}  // namespace dane::postfix
