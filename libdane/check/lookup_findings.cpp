/// \file  Lookups of one host: failures, missing addresses, whether DANE applies.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/lookup_words.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

std::vector<NamedFailure> failures_of(const HostView& view) {
  std::vector<NamedFailure> failures;
  const auto add = [&](const dns::LookupOutcome& outcome, const DomainName& name,
                       dns::RecordType type) {
    if (const auto* failed = std::get_if<Failed>(&outcome))
      failures.push_back({dns::Question{name, type}.to_string(), *failed});
  };
  const auto& host = view.host;
  if (host.ipv4) add(*host.ipv4, host.name, dns::RecordType::a);
  if (host.ipv6) add(*host.ipv6, host.name, dns::RecordType::aaaa);
  if (host.alias) add(*host.alias, host.name, dns::RecordType::cname);
  for (const auto& tlsa : host.tlsa) add(tlsa.outcome, tlsa.owner, dns::RecordType::tlsa);
  return failures;
}

/// Whose zone is to be signed: the host's, or that of a CNAME at the TLSA owner.
std::string signing_advice(const HostView& view) {
  for (const auto& tlsa : view.host.tlsa) {
    const auto* answer = found(&tlsa.outcome);
    if (answer != nullptr && !answer->value.aliases.empty())
      return fmt::format("Have the zone of {} signed, or replace the CNAME at {} by TLSA records.",
                         answer->value.canonical_name.to_string(), tlsa.owner.to_string());
  }
  return "Sign the zone with DNSSEC first (an algorithm that resolvers know, and its DS record at "
         "the parent); TLSA records without it have no effect.";
}

bool has_address(const smtp::HostFacts& host) {
  return !smtp::addresses_of(host).empty();
}

}  // namespace

Findings lookup_findings(const HostView& view) {
  auto findings = failure_findings(failures_of(view), view.name(), {"S6", "S7", "S14"},
                                   resolver_validates(view.facts));
  // A secure A or AAAA answer is enough: the host is used all the same.  S29
  const auto applicability = view.judgement.policy.applicability;
  if (applicability != smtp::Applicability::lookup_failed &&
      applicability != smtp::Applicability::unreachable) {
    for (auto& finding : findings)
      if (finding.severity == Severity::critical) finding.severity = Severity::warning;
  }
  return findings;
}

Findings address_findings(const HostView& view) {
  Findings out;
  if (view.judgement.policy.applicability == smtp::Applicability::unreachable) {
    const bool another = std::ranges::any_of(view.facts.hosts, [&](const smtp::HostFacts& host) {
      return &host != &view.host && has_address(host);
    });
    const std::string asked = view.host.ipv4 && view.host.ipv6 ? "neither A nor AAAA records"
                              : view.host.ipv4                 ? "no A record"
                                                               : "no AAAA record";
    const auto* none = view.host.ipv4 ? std::get_if<Absent>(&*view.host.ipv4) : nullptr;
    const bool missing = none != nullptr && !none->name_exists && !none->alias_target;
    // The other family was left out by -4 or -6, not by the domain.
    if (!view.host.ipv4 || !view.host.ipv6) {
      out.push_back(make_finding(
          Severity::unknown, "family-left-out", {"S27"}, view.name(),
          fmt::format("The host has {}, and addresses of the other family were not asked for: it "
                      "was not tested.",
                      asked),
          "Check again without -4 or -6."));
      return out;
    }
    out.push_back(make_finding(
        another ? Severity::warning : Severity::critical, "host-no-address", {"S27"}, view.name(),
        fmt::format("The host {}, so nothing can be delivered to it.{}",
                    missing ? "does not exist in the DNS (NXDOMAIN)" : "has " + asked,
                    another ? " Other hosts of the domain have addresses." : ""),
        fmt::format("{}Publish an address for {}, or take it out of the MX records.",
                    missing ? "Is the name right? " : "", view.name())));
  }
  if (has_address(view.host) && (!view.host.ipv4 || !view.host.ipv6))
    out.push_back(
        make_finding(Severity::note, "family-left-out", {"S65"}, view.name(),
                     fmt::format("{} addresses were not asked for: this says nothing about them.",
                                 view.host.ipv4 ? "IPv6" : "IPv4"),
                     fmt::format("Check again without {}.", view.host.ipv4 ? "-4" : "-6")));
  if (view.host.addresses_cut > 0) {
    out.push_back(
        make_finding(Severity::warning, "addresses-cut", {"S65"}, view.name(),
                     fmt::format("The host has very many addresses; {} of them were not tested.",
                                 view.host.addresses_cut),
                     "Check the remaining addresses one by one with --host."));
  }
  return out;
}

Findings applicability_findings(const HostView& view, const Service& service) {
  const auto& policy = view.judgement.policy;
  if (policy.applicability == smtp::Applicability::insecure) {
    return {make_finding(Severity::note, "host-insecure",
                         policy.rules.empty() ? Rules{"S13", "S26"} : policy.rules, view.name(),
                         fmt::format("DANE does not apply: {}.", printable(policy.because)),
                         signing_advice(view))};
  }
  if (policy.applicability != smtp::Applicability::no_records) return {};
  std::vector<std::string> asked;
  for (const auto& tlsa : view.host.tlsa) asked.push_back(tlsa.owner.to_string());
  const auto records = recommended_records(service);
  return {make_finding(
      Severity::note, "tlsa-absent", {"S13", "S30"}, view.name(),
      fmt::format("There are no TLSA records{}{}: DANE does not protect this host.",
                  asked.empty() ? "" : " at " + list(asked),
                  service.alias_target.empty()
                      ? ""
                      : fmt::format(" ({} is a CNAME for {}, which has none)", service.owner,
                                    service.alias_target)),
      records.empty() ? weak_key_words(service)
                      : "To begin with DANE, publish what follows, and let every renewal keep its "
                        "key or be rehearsed first (--cert), or the next new key cuts mail off:\n" +
                            publish_advice(service, records))};
}

}  // namespace dane::check
