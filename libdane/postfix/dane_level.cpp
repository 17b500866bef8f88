#include "libdane/postfix/dane_level.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "dane/core/text.hpp"

#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/tlsa_filter.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

/// As the log words it, with LEVEL in place.
std::string words_of(DaneObstacle obstacle, Level level) {
  switch (obstacle) {
    case DaneObstacle::mx_errors_ignored:
      return fmt::format("{} configured with MX lookup errors ignored", to_string(level));
    case DaneObstacle::resolver_options:
      return fmt::format("dns resolver options incompatible with {} TLS", to_string(level));
    default:
      return fmt::format("{} configured with dnssec lookups disabled", to_string(level));
  }
}

/// What to do about TLSA records behind an insecure MX RRset: may, encrypt or dane.
Level insecure_mx_policy(const Settings& settings, const Features& features) {
  if (!features.halfdane) return Level::may;
  const auto level = parse_level(settings.dane_insecure_mx_policy, true);
  if (level) return *level;
  return features.insecure_mx_default == InsecureMxDefault::dane ||
                 same_word(settings.security_level, "dane")
             ? Level::dane
             : Level::may;
}

/// One evaluation; each step says whether it has decided.
class DaneInit {
 public:
  DaneInit(Level wanted, const Destination& destination, const std::string& hostname,
           const Settings& settings, const DaneFacts& dns)
      : destination_(destination),
        hostname_(hostname),
        settings_(settings),
        dns_(dns),
        features_(features_of(settings.version)),
        mx_is_insecure_(dns.mx_used && !dns.mx_secure) {
    decision_.level = wanted;
  }

  DaneDecision run() && {
    if (!stopped_by_settings() && !stopped_by_mx() && !stopped_by_lookup() && !stopped_by_records())
      lower_for_insecure_mx();
    return std::move(decision_);
  }

 private:
  /// dane goes on at a lower level; dane-only defers the mail.
  bool stop(Level lower, std::string_view reason, std::string_view sentence) {
    if (decision_.level == Level::dane_only) {
      decision_.refused = Refused{"4.7.5", std::string(reason), Refusal::no_dane};
    } else {
      decision_.level = lower;
      decision_.because =
          fmt::format("level dane becomes {}, because {}", to_string(lower), sentence);
    }
    return true;
  }

  bool stopped_by_settings() {
    const auto obstacles = dane_obstacles(settings_);
    if (obstacles.empty()) return false;
    const auto what = words_of(obstacles.front(), decision_.level);
    decision_.warnings.push_back(
        warning_line(fmt::format("{}: {}", printable(destination_.text), what)));
    stop(Level::may, {}, "main.cf rules out DANE: " + what);
    if (decision_.refused) decision_.refused = configuration_problem(features_);
    return true;
  }

  bool stopped_by_mx() {
    if (!mx_is_insecure_) return false;
    if (decision_.level != Level::dane_only &&
        insecure_mx_policy(settings_, features_) > Level::may)
      return false;
    return stop(Level::may, "non DNSSEC destination", "the MX records are not DNSSEC-validated");
  }

  bool stopped_by_lookup() {
    const bool looked_up =
        dns_.host_secure || dns_.alias_secure || settings_.force_insecure_host_tlsa_lookup;
    if (looked_up && dns_.tlsa == DaneFacts::Tlsa::failed) {
      // The failure is not cached, so that Postfix asks, and warns, a second time.
      const std::string warning = warning_line(fmt::format(
          "DANE TLSA lookup problem: Host or domain name not found. Name service error for name={} "
          "type=TLSA: Host not found, try again",
          owner()));
      decision_.warnings.insert(decision_.warnings.end(), 2, warning);
      decision_.refused = Refused{
          "4.7.5",
          fmt::format("TLSA lookup error for {}:{}", printable(hostname_), destination_.port),
          Refusal::tlsa_lookup};
      return true;
    }
    if (looked_up && dns_.tlsa == DaneFacts::Tlsa::found) return false;
    return stop(Level::may, "no TLSA records found",
                looked_up ? "the server has no DNSSEC-validated TLSA records"
                          : "the server's addresses are not DNSSEC-validated");
  }

  bool stopped_by_records() {
    FilteredRecords kept =
        filter_records(dns_.records, owner(), features_.era, settings_.dane_digests);
    for (const auto& complaint : kept.complaints)
      decision_.warnings.push_back(warning_line(complaint));
    decision_.records = std::move(kept.records);
    if (!decision_.records.empty()) return false;
    return stop(Level::encrypt, "TLSA records unusable", "none of the TLSA records can be used");
  }

  void lower_for_insecure_mx() {
    if (!mx_is_insecure_) return;
    if (insecure_mx_policy(settings_, features_) == Level::encrypt) {
      decision_.records.clear();
      stop(Level::encrypt, {}, "the MX records are not DNSSEC-validated");
      return;
    }
    decision_.level = Level::half_dane;
    decision_.because =
        "the MX records are not DNSSEC-validated: TLSA records are enforced, the name of the "
        "server "
        "is not protected";
  }

  [[nodiscard]] std::string owner() const {
    return printable(dns_.owner.empty() ? fmt::format("_{}._tcp.{}", destination_.port, hostname_)
                                        : dns_.owner);
  }

  const Destination& destination_;
  const std::string& hostname_;
  const Settings& settings_;
  const DaneFacts& dns_;
  const Features features_;
  const bool mx_is_insecure_;
  DaneDecision decision_;
};

}  // namespace

std::vector<DaneObstacle> dane_obstacles(const Settings& settings) {
  std::vector<DaneObstacle> out;
  if (!has_word(settings.host_lookup, "dns")) out.push_back(DaneObstacle::host_lookup);
  if (!same_word(settings.dns_support_level, "dnssec"))
    out.push_back(DaneObstacle::dns_support_level);
  if (settings.ignore_mx_lookup_error) out.push_back(DaneObstacle::mx_errors_ignored);
  if (has_word(settings.dns_resolver_options, "res_defnames") ||
      has_word(settings.dns_resolver_options, "res_dnsrch"))
    out.push_back(DaneObstacle::resolver_options);
  return out;
}

Refused configuration_problem(const Features& features) {
  return {features.policy_checked_before_connect ? "4.7.5" : "4.7.0",
          "client TLS configuration problem"};
}

DaneDecision decide_dane(Level wanted, const Destination& destination, const std::string& hostname,
                         const Settings& settings, const DaneFacts& dns) {
  return DaneInit(wanted, destination, hostname, settings, dns).run();
}

}  // namespace dane::postfix
