#include "dane/postfix/effective_policy.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "dane/core/text.hpp"
#include "dane/postfix/name_match.hpp"

#include "libdane/postfix/dane_level.hpp"
#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::string_view md5_line =
    "using backwards-compatible default setting smtp_tls_fingerprint_digest=md5 to compute "
    "certificate fingerprints";

class Evaluation {
 public:
  Evaluation(const SiteChoice& site, const Destination& destination, const std::string& hostname,
             const Settings& settings)
      : site_(site),
        entry_(site.entry),
        destination_(destination),
        hostname_(hostname),
        settings_(settings),
        features_(features_of(settings.version)) {
    result_.warnings = site.warnings;
  }

  EffectivePolicy run(const DaneFacts& dns, const TrustAnchors& anchors) && {
    if (site_.fault) {
      refuse({site_.dsn, site_.text});
    } else if (load_entry_anchors(anchors) && settle_level(dns) && choose_sni() &&
               choose_match(anchors)) {
      choose_protocols_and_ciphers();
      finish();
    }
    return std::move(result_);
  }

 private:
  bool refuse(Refused refusal) {
    // Up to 2.10 the level is looked at after the greeting, and nothing more is logged.
    if (features_.policy_checked_before_connect)
      result_.warnings.push_back(policy_lookup_line(destination_.text, hostname_, refusal.text));
    result_.outcome = std::move(refusal);
    return false;
  }

  bool refuse_configuration() { return refuse(configuration_problem(features_)); }

  void warn(std::string_view text) { result_.warnings.push_back(warning_line(text)); }

  bool take_anchors(const TrustAnchors& anchors) {
    for (const auto& warning : anchors.warnings) warn(warning);
    if (anchors.invalid) return refuse_configuration();
    usable_.tlsa = anchors.records;
    usable_.anchors_replace_cas = !anchors.records.empty();
    return true;
  }

  /// Files of tafile= are read while the entry is looked up; those of main.cf come much later.
  bool load_entry_anchors(const TrustAnchors& anchors) {
    return entry_.tafiles.empty() || take_anchors(anchors);
  }

  bool settle_level(const DaneFacts& dns) {
    usable_.level = site_.level;
    if (!is_dane(site_.level)) return true;
    DaneDecision decision = decide_dane(site_.level, destination_, hostname_, settings_, dns);
    for (auto& warning : decision.warnings) result_.warnings.push_back(std::move(warning));
    result_.because = std::move(decision.because);
    if (decision.refused) return refuse(std::move(*decision.refused));
    usable_.level = decision.level;
    if (!is_dane(decision.level)) {
      usable_.fallback_from = site_.level;
      return true;
    }
    usable_.tlsa = std::move(decision.records);
    usable_.match = dns.names;
    usable_.sni = dns.base_domain;
    return true;
  }

  bool choose_sni() {
    if (usable_.level == Level::none || !features_.servername) return true;
    const std::string& wanted = entry_.servername ? *entry_.servername : settings_.servername;
    if (!entry_.servername && !wanted.empty() && !is_hostname(wanted)) {
      warn(fmt::format("\"smtp_tls_servername = {}\" specifies an invalid hostname",
                       as_logged(wanted)));
      return refuse_configuration();
    }
    if (is_dane(usable_.level)) return true;
    usable_.sni = wanted == "hostname"  ? hostname_
                  : wanted == "nexthop" ? destination_.domain
                                        : wanted;
    return true;
  }

  bool choose_match(const TrustAnchors& anchors) {
    switch (usable_.level) {
      case Level::fingerprint:
        return choose_fingerprints();
      case Level::verify:
        usable_.match =
            !entry_.has_match ? split_list(settings_.verify_cert_match, true) : entry_.match;
        break;
      case Level::secure:
        usable_.match =
            !entry_.has_match ? split_list(settings_.secure_cert_match, true) : entry_.match;
        break;
      case Level::none:
      case Level::may:
      case Level::encrypt:
      case Level::half_dane:
      case Level::dane:
      case Level::dane_only:
        return true;
    }
    return !entry_.tafiles.empty() || settings_.trust_anchor_file.empty() || take_anchors(anchors);
  }

  void note_md5() {
    if (settings_.fingerprint_digest_is_default && !features_.md5_fingerprints_by_default &&
        !compatibility_at_least(settings_.compatibility_level, 3, 6))
      result_.warnings.emplace_back(md5_line);
  }

  /// Digests of one list, with what Postfix says while it reads them.
  void add_fingerprints(const std::vector<std::string>& patterns) {
    note_md5();
    Fingerprints more = parse_fingerprints(patterns, settings_.fingerprint_digest);
    // Up to 3.5 digests are compared as text: nothing is malformed.
    if (features_.era != MatchEra::own)
      for (const auto& warning : more.warnings) warn(warning);
    Fingerprints& all = usable_.fingerprints;
    const auto append = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    all.algorithm = more.algorithm;
    append(all.digests, more.digests);
    append(all.warnings, more.warnings);
    append(all.wrong_length, more.wrong_length);
    append(all.written, more.written);
    append(all.values, more.values);
  }

  bool choose_fingerprints() {
    const auto of_main_cf = split_list(settings_.fingerprint_cert_match, false);
    usable_.match = entry_.has_match ? entry_.match : of_main_cf;
    if (!entry_.has_match) {
      add_fingerprints(of_main_cf);
    } else if (features_.raw_public_keys) {  // 3.9 reads them one by one, and nothing else
      for (const auto& pattern : entry_.match) add_fingerprints({pattern});
    } else {  // and before, main.cf's where match= has no good one
      add_fingerprints(entry_.match);
      if (features_.era != MatchEra::own && usable_.fingerprints.values.empty())
        add_fingerprints(of_main_cf);
    }
    const bool is_empty = features_.era == MatchEra::own ? usable_.match.empty()
                                                         : usable_.fingerprints.values.empty();
    if (!is_empty || !features_.policy_checked_before_connect) return true;
    warn(
        fmt::format("nexthop domain {}: configured at fingerprint security level, but with no "
                    "fingerprints to match.",
                    printable(destination_.text)));
    return refuse_configuration();
  }

  void choose_protocols_and_ciphers() {
    if (usable_.level == Level::none) return;
    const bool mandatory = requires_tls(usable_.level);
    usable_.protocols =
        entry_.protocols.value_or(mandatory ? settings_.mandatory_protocols : settings_.protocols);
    usable_.grade =
        entry_.ciphers.value_or(mandatory ? settings_.mandatory_ciphers : settings_.ciphers);
    std::string& exclusions = usable_.exclusions;
    const auto exclude = [&](std::string_view more) {
      if (more.empty()) return;
      if (!exclusions.empty()) exclusions += ' ';
      exclusions += more;
    };
    exclude(entry_.exclude ? *entry_.exclude : settings_.exclude_ciphers);
    if (!mandatory) return;
    if (!entry_.exclude) exclude(settings_.mandatory_exclude_ciphers);
    exclude(requires_match(usable_.level) ? "aNULL" : "eNULL");
  }

  [[nodiscard]] bool enforces_sts_patterns() const {
    return features_.enforce_sts_mx_patterns && settings_.enforce_sts_mx_patterns &&
           entry_.policy_type && same_word(*entry_.policy_type, "sts") && entry_.has_match &&
           !entry_.mx_host_patterns.empty();
  }

  void finish() {
    if (features_.external_policy && entry_.policy_failure) {
      usable_.forced_failure = true;
      usable_.policy_failure = *entry_.policy_failure;
    }
    if (settings_.wrappermode && !requires_tls(usable_.level)) {
      result_.outcome = Skipped{
          warning_line(
              "smtp_tls_wrappermode requires \"smtp_tls_security_level = encrypt\" (or stronger)"),
          usable_.level};
      return;
    }
    if (enforces_sts_patterns()) {
      usable_.match = {"hostname"};
      const auto& patterns = entry_.mx_host_patterns;
      if (std::none_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
            return sts_pattern_matches(pattern, hostname_);
          })) {
        result_.outcome =
            Skipped{warning_line(fmt::format("MX name '{}' does not match STS MX pattern for '{}'",
                                             printable(hostname_),
                                             printable(entry_.policy_domain.value_or("")))),
                    usable_.level};
        return;
      }
    }
    result_.outcome = std::move(usable_);
  }

  const SiteChoice& site_;
  const PolicyEntry& entry_;
  const Destination& destination_;
  const std::string& hostname_;
  const Settings& settings_;
  const Features features_;
  Usable usable_;
  EffectivePolicy result_;
};

}  // namespace

EffectivePolicy effective_policy(const SiteChoice& site, const Destination& destination,
                                 const std::string& hostname, const Settings& settings,
                                 const DaneFacts& dns, const TrustAnchors& anchors) {
  return Evaluation(site, destination, hostname, settings).run(dns, anchors);
}

}  // namespace dane::postfix
