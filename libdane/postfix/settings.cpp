#include "dane/postfix/settings.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "libdane/postfix/relations.hpp"
#include "libdane/postfix/since.hpp"
#include "libdane/postfix/value_check.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

struct TextSetting {
  std::string_view parameter;
  std::string Settings::*field;
  bool may_be_empty = true;
};
constexpr TextSetting text_settings[] = {
    {"smtp_tls_security_level", &Settings::security_level},
    {"smtp_tls_policy_maps", &Settings::policy_maps},
    {"smtp_tls_per_site", &Settings::per_site},
    {"smtp_tls_protocols", &Settings::protocols},
    {"smtp_tls_mandatory_protocols", &Settings::mandatory_protocols},
    {"smtp_tls_ciphers", &Settings::ciphers, false},
    {"smtp_tls_mandatory_ciphers", &Settings::mandatory_ciphers, false},
    {"smtp_tls_exclude_ciphers", &Settings::exclude_ciphers},
    {"smtp_tls_mandatory_exclude_ciphers", &Settings::mandatory_exclude_ciphers},
    {"smtp_tls_verify_cert_match", &Settings::verify_cert_match, false},
    {"smtp_tls_secure_cert_match", &Settings::secure_cert_match, false},
    {"smtp_tls_fingerprint_cert_match", &Settings::fingerprint_cert_match},
    {"smtp_tls_fingerprint_digest", &Settings::fingerprint_digest, false},
    {"smtp_tls_CAfile", &Settings::ca_file},
    {"smtp_tls_CApath", &Settings::ca_path},
    {"smtp_tls_trust_anchor_file", &Settings::trust_anchor_file},
    {"smtp_tls_servername", &Settings::servername},
    {"smtp_tls_dane_insecure_mx_policy", &Settings::dane_insecure_mx_policy},
    {"smtp_host_lookup", &Settings::host_lookup, false},
    {"smtp_dns_support_level", &Settings::dns_support_level},
    {"smtp_dns_resolver_options", &Settings::dns_resolver_options},
    {"dnssec_probe", &Settings::dnssec_probe},
    {"tls_dane_digests", &Settings::dane_digests, false},
    {"smtp_tls_loglevel", &Settings::tls_loglevel},
    {"inet_protocols", &Settings::inet_protocols, false},
    {"relayhost", &Settings::relayhost},
    {"smtp_address_preference", &Settings::address_preference, false},
    {"inet_interfaces", &Settings::inet_interfaces},
    {"proxy_interfaces", &Settings::proxy_interfaces},
    {"best_mx_transport", &Settings::best_mx_transport},
    {"smtp_fallback_relay", &Settings::fallback_relay},
    {"smtp_discard_ehlo_keywords", &Settings::discard_ehlo_keywords},
    {"smtp_pix_workarounds", &Settings::pix_workarounds},
    {"smtp_pix_workaround_maps", &Settings::pix_workaround_maps},
    {"smtp_tls_cert_file", &Settings::cert_file},
    {"smtp_tls_dcert_file", &Settings::dcert_file},
    {"smtp_tls_eccert_file", &Settings::eccert_file},
    {"smtp_tls_key_file", &Settings::key_file},
    {"smtp_tls_dkey_file", &Settings::dkey_file},
    {"smtp_tls_eckey_file", &Settings::eckey_file},
    {"smtp_tls_chain_files", &Settings::chain_files},
    {"compatibility_level", &Settings::compatibility_level},
    {"mail_version", &Settings::mail_version},
    {"smtp_tcp_port", &Settings::smtp_tcp_port},
};

struct BoolSetting {
  std::string_view parameter;
  bool Settings::*field;  ///< null: checked, and nothing here depends on it
};
constexpr BoolSetting bool_settings[] = {
    {"smtp_use_tls", &Settings::use_tls},
    {"smtp_enforce_tls", &Settings::enforce_tls},
    {"smtp_tls_enforce_peername", &Settings::enforce_peername},
    {"tls_append_default_CA", &Settings::append_default_ca},
    {"smtp_tls_force_insecure_host_tlsa_lookup", &Settings::force_insecure_host_tlsa_lookup},
    {"smtp_tls_enforce_sts_mx_patterns", &Settings::enforce_sts_mx_patterns},
    {"smtp_tls_wrappermode", &Settings::wrappermode},
    {"tls_wildcard_matches_multiple_labels", &Settings::wildcard_matches_multiple_labels},
    {"smtp_tls_connection_reuse", nullptr},
    {"smtp_tls_enable_rpk", nullptr},
    {"smtp_cname_overrides_servername", &Settings::cname_overrides_servername},
    {"ignore_mx_lookup_error", &Settings::ignore_mx_lookup_error},
    {"smtp_tls_note_starttls_offer", &Settings::note_starttls_offer},
    {"disable_dns_lookups", &Settings::disable_dns_lookups},
    {"smtp_always_send_ehlo", &Settings::always_send_ehlo},
    {"smtp_never_send_ehlo", &Settings::never_send_ehlo},
    {"smtp_skip_5xx_greeting", &Settings::skip_5xx_greeting},
    {"smtp_balance_inet_protocols", &Settings::balance_inet_protocols},
    {"smtp_defer_if_no_mx_address_found", &Settings::defer_if_no_mx_address},
};

constexpr std::array grades{"high", "medium", "low", "export", "null"};

class Evaluator {
 public:
  Evaluator(const Assignments& assignments, const Version& version)
      : assignments_(assignments), version_(version) {
    out_.settings.version = version;
  }

  EvaluatedSettings run() {
    check_compatibility_level();
    for (const auto& [parameter, field, may_be_empty] : text_settings)
      read_text(parameter, out_.settings.*field, may_be_empty);
    bool unused = false;
    for (const auto& [parameter, field] : bool_settings)
      read_bool(parameter, field != nullptr ? out_.settings.*field : unused);
    for (const std::string grade : grades) {
      const bool may_be_empty = default_of("tls_" + grade + "_cipherlist", version_) == "";
      read_text("tls_" + grade + "_cipherlist", out_.settings.cipher_lists[grade], may_be_empty);
    }
    out_.settings.fingerprint_digest_is_default =
        assignments_.find("smtp_tls_fingerprint_digest") == assignments_.end();
    check_words();
    check_curves();
    read_number("smtp_tls_scert_verifydepth", out_.settings.scert_verifydepth);
    read_number("smtp_mx_address_limit", out_.settings.mx_address_limit);
    check_others();
    return std::move(out_);
  }

 private:
  /// Nothing: the version does not know the parameter.
  std::optional<std::string> value_of(std::string_view parameter) {
    const auto standard = default_of(parameter, version_);
    if (!standard) return std::nullopt;
    const auto found = assignments_.find(parameter);
    const bool is_set = found != assignments_.end();
    auto [text, problems] =
        expand(is_set ? found->second.value : *standard, assignments_, version_);
    for (auto& problem : problems) {
      problem.what = fmt::format("{}: {}", parameter, problem.what);
      locate(problem, parameter);
      out_.problems.push_back(std::move(problem));
    }
    return text;
  }

  void locate(ConfigProblem& problem, std::string_view parameter) const {
    const auto found = assignments_.find(parameter);
    if (found == assignments_.end()) return;
    problem.file = found->second.file;
    problem.line = found->second.line;
  }

  /// Postfix ends with "fatal: `words`".
  void refuse(std::string_view parameter, std::string code, const std::string& words,
              std::string remedy) {
    ConfigProblem problem{
        std::move(code),
        words,
        {},
        0,
        fmt::format("smtp(8) ends at its start: \"fatal: {}\"; all mail waits", words),
        std::move(remedy),
        true,
        words};
    locate(problem, parameter);
    out_.problems.push_back(std::move(problem));
  }

  void read_text(std::string_view parameter, std::string& field, bool may_be_empty) {
    auto value = value_of(parameter);
    if (value && value->empty() && !may_be_empty) {
      refuse(parameter, "config-empty-value",
             fmt::format("bad string length 0 < 1: {} = ", parameter),
             "give it a value, or remove the line for the default");
      value = expand(*default_of(parameter, version_), {}, version_).text;
    }
    field = value.value_or("");
  }

  void read_bool(std::string_view parameter, bool& field) {
    const auto value = value_of(parameter);
    if (!value) return;
    const auto fault = value_fault({parameter, ValueKind::boolean}, *value);
    if (fault) refuse(parameter, "config-bad-boolean", *fault, "write yes or no");
    field = same_word(fault ? *default_of(parameter, version_) : *value, "yes");
  }

  void read_number(std::string_view parameter, int& field) {
    const auto value = value_of(parameter).value_or("");
    if (const auto number = whole_number(value)) field = *number;
    if (const auto fault = value_fault({parameter, ValueKind::number}, value))
      refuse(parameter, "config-bad-number", *fault, "write a number");
  }

  /// Parameters on which nothing here depends; their defaults are good.
  void check_others() {
    for (const auto& parameter : checked_parameters()) {
      const auto found = assignments_.find(parameter.name);
      if (found == assignments_.end() || !since(version_, parameter.since)) continue;
      const auto value = expand(found->second.value, assignments_, version_).text;
      if (const auto fault = value_fault(parameter, value))
        refuse(parameter.name, "config-bad-value", *fault,
               "give it a value of its kind, or remove the line for the default");
    }
  }

  /// Settings whose words smtp(8) checks at its start.  Of a list it wants the very letters.
  void check_words() {
    const auto& s = out_.settings;
    if (!s.dns_support_level.empty())
      check_word("smtp_dns_support_level", s.dns_support_level, {"disabled", "enabled", "dnssec"},
                 "invalid {}: \"{}\"");
    if (!same_word(s.dns_support_level, "disabled"))
      check_words_of("smtp_host_lookup", s.host_lookup, {"dns", "native"});
    check_words_of("smtp_dns_resolver_options", s.dns_resolver_options,
                   {"res_defnames", "res_dnsrch"});
    if (default_of("smtp_tls_dane_insecure_mx_policy", version_))
      check_word("smtp_tls_dane_insecure_mx_policy", s.dane_insecure_mx_policy,
                 {"dane", "encrypt", "may"}, "invalid {}: \"{}\"");
    if (default_of("smtp_address_preference", version_))
      check_word("smtp_address_preference", s.address_preference, {"any", "ipv4", "ipv6"},
                 "bad {} value: {}");
  }

  void check_word(std::string_view parameter, const std::string& value,
                  std::initializer_list<std::string_view> known, fmt::string_view complaint) {
    const auto is_it = [&](std::string_view word) { return same_word(value, word); };
    if (std::any_of(known.begin(), known.end(), is_it)) return;
    refuse(parameter, "config-bad-word",
           fmt::format(fmt::runtime(complaint), parameter, as_logged(value)),
           fmt::format("use one of: {}", fmt::join(known, ", ")));
  }

  void check_words_of(std::string_view parameter, const std::string& value,
                      std::initializer_list<std::string_view> known) {
    for (const auto& word : split_list(value, false)) {
      if (std::find(known.begin(), known.end(), word) != known.end()) continue;
      refuse(parameter, "config-bad-word",
             fmt::format("unknown {} value \"{}\" in \"{}\"", parameter, as_logged(word),
                         as_logged(value)),
             fmt::format("use of: {}", fmt::join(known, ", ")));
      return;
    }
  }

  /// Of the lists that are compiled in nothing is known here.
  void check_curves() {
    constexpr std::string_view parameter = "tls_eecdh_auto_curves";
    const auto features = features_of(version_);
    const auto found = assignments_.find(parameter);
    if (!features.eecdh_curves || found == assignments_.end()) return;
    out_.settings.eecdh_curves = expand(found->second.value, assignments_, version_).text;
    if (out_.settings.eecdh_curves.empty() && !features.key_exchange_groups)
      refuse(parameter, "config-empty-value",
             fmt::format("bad string length 0 < 1: {} = ", parameter),
             "give it a value, or remove the line for the default");
  }

  /// First of all: other defaults depend on it.
  void check_compatibility_level() {
    const auto level = value_of("compatibility_level");
    if (!level || parse_compatibility_level(*level)) return;
    refuse("compatibility_level", "config-bad-compatibility-level",
           fmt::format("malformed compatibility level syntax: \"{}\"", as_logged(*level)),
           "write it as 2 or 3.6");
    assignments_.erase("compatibility_level");
  }

  Assignments assignments_;  ///< without a compatibility_level that cannot be read
  const Version& version_;
  EvaluatedSettings out_;
};

}  // namespace

EvaluatedSettings evaluate_settings(const Assignments& assignments, const Version& version) {
  return Evaluator(assignments, version).run();
}

GlobalLevel global_level(const Settings& settings) {
  if (!settings.security_level.empty()) {
    const auto level = parse_level(settings.security_level, features_of(settings.version).dane);
    if (level) return {*level, "smtp_tls_security_level", std::nullopt};
    return {Level::none, "smtp_tls_security_level",
            fmt::format("Invalid TLS level \"{}\"", as_logged(settings.security_level))};
  }
  if (settings.enforce_tls)
    return {settings.enforce_peername ? Level::verify : Level::encrypt, "smtp_enforce_tls",
            std::nullopt};
  if (settings.use_tls) return {Level::may, "smtp_use_tls", std::nullopt};
  return {Level::none, "default", std::nullopt};
}

std::vector<std::string> relay_hosts(const Settings& settings) {
  if (settings.relayhost.empty()) return {};
  if (!features_of(settings.version).nexthop_lists) return {settings.relayhost};
  return split_list(settings.relayhost, false);
}

std::vector<std::string> split_list(std::string_view text, bool colon) {
  const auto words = split(text, colon ? ", \t\r\n:" : comma_or_space);
  return {words.begin(), words.end()};
}

}  // namespace dane::postfix
