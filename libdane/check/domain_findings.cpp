/// \file  The MX records, and the domain as a whole.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/lookup_words.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using smtp::Applicability;
using smtp::HostOutcome;
using smtp::MailRoute;

bool any_host_with_dane(const smtp::DomainJudgement& judgement) {
  return std::ranges::any_of(judgement.hosts, [](const smtp::HostJudgement& host) {
    return host.policy.applicability == Applicability::dane;
  });
}

bool lacks_dane(const smtp::HostJudgement& host) {
  return host.policy.applicability == Applicability::no_records ||
         host.policy.applicability == Applicability::insecure;
}

void add_route(Findings& out, const std::string& domain, const smtp::MxChoice& mx) {
  switch (mx.route) {
    case MailRoute::not_a_domain:
      out.push_back(make_finding(
          Severity::critical, "domain-not-found", {"S5"}, domain,
          "The domain does not exist in the DNS (NXDOMAIN): nothing can be delivered.",
          "Check the spelling, and whether the domain is still registered and delegated."));
      break;
    case MailRoute::null_mx:
      if (!mx.null_mx_beside_others)
        out.push_back(make_finding(
            Severity::note, "null-mx", {"N1", "N3", "S24"}, domain,
            "The domain says that it accepts no mail (null MX, RFC 7505). Nothing was tested."));
      break;
    case MailRoute::implicit_mx:
      out.push_back(make_finding(
          Severity::note, "implicit-mx", {"S23"}, domain,
          "The domain has no MX record; mail goes to the host of the same name (RFC 5321 section "
          "5.1)."));
      break;
    case MailRoute::mx:
    case MailRoute::lookup_failed:
      break;
  }
}

void add_mx_faults(Findings& out, const std::string& domain, const smtp::MxChoice& mx) {
  if (mx.null_mx_beside_others)
    out.push_back(make_finding(
        Severity::critical, "null-mx-mixed", {"N2"}, domain,
        "There is a null MX (target \".\"), but not as the only MX record with preference 0, as "
        "RFC 7505 section 3 demands. Postfix then delivers nothing to the domain (\"does not "
        "accept mail\"); other senders ignore the record.",
        "Remove the MX record with the target \".\", or, if the domain takes no mail, all "
        "others."));
  if (mx.malformed == 0) return;
  const bool nothing_left = mx.hosts.empty() && mx.route == MailRoute::lookup_failed;
  out.push_back(make_finding(
      nothing_left ? Severity::critical : Severity::warning, "mx-malformed", {"S5"}, domain,
      fmt::format("{} could not be decoded and cannot be used.{}", count(mx.malformed, "MX record"),
                  nothing_left ? " No other is left: nothing can be delivered." : ""),
      "Correct the MX records of the zone."));
}

struct AliasTarget {
  DomainName name;
  Security security;
};

/// Where a CNAME at the host's name leads in the end; none without one.
std::optional<AliasTarget> alias_target(const smtp::HostFacts& host) {
  for (const auto* outcome : {&host.ipv4, &host.ipv6}) {
    if (!outcome->has_value()) continue;
    const auto* answer = found(&outcome->value());
    if (answer != nullptr && !answer->value.aliases.empty() &&
        answer->value.aliases.front().owner == host.name)
      return AliasTarget{answer->value.canonical_name, answer->security};
  }
  return std::nullopt;
}

void add_aliases(Findings& out, const smtp::DomainFacts& facts) {
  for (const auto& host : facts.hosts) {
    const auto target = alias_target(host);
    if (!target) continue;
    const auto name = target->name.to_string();
    const auto owner = tlsa::owner_name(host.port, "tcp", target->name).value_or(target->name);
    out.push_back(make_finding(
        Severity::warning, "mx-target-alias", {"X11"}, host.name.to_string(),
        fmt::format("The MX host is an alias (CNAME) of {}, which RFC 2181 section 10.3 forbids. "
                    "Senders differ: some look for TLSA records at the target, some at the alias, "
                    "some refuse.",
                    name),
        target->security == Security::secure
            ? fmt::format("See that the TLSA records stand at {}, then let the MX record name {} "
                          "itself.",
                          owner.to_string(), name)
            : fmt::format("The target is not signed, and TLSA records there would be void: give {} "
                          "addresses of its own in place of the CNAME.",
                          host.name.to_string())));
  }
}

void add_insecure_mx(Findings& out, const smtp::DomainFacts& facts,
                     const smtp::DomainJudgement& judgement, const CheckOptions& options) {
  if (judgement.mx->route != MailRoute::mx || judgement.mx->security == Security::secure) return;
  if (!any_host_with_dane(judgement) && !options.require_dane) return;
  if (!resolver_validates(facts)) return;
  const auto domain = facts.domain.to_string();
  out.push_back(make_finding(
      options.require_dane ? Severity::critical : Severity::warning, "mx-insecure",
      {"S18", "S19", "S21"}, domain,
      "The MX records are not signed with DNSSEC. An attacker can name another mail host, so DANE "
      "records of the hosts do not protect mail to this domain; senders that insist on DANE do not "
      "deliver.",
      fmt::format("Sign the zone of {} with DNSSEC and publish the DS record at the parent.",
                  domain)));
}

std::string why_without_dane(const smtp::HostJudgement& host) {
  switch (host.outcome) {
    case HostOutcome::no_records:
      return "it has no TLSA records";
    case HostOutcome::insecure:
      return "its DNS is not signed";
    case HostOutcome::unusable:
      return "none of its TLSA records is usable";
    case HostOutcome::verified:
    case HostOutcome::refuted:
    case HostOutcome::undetermined:
      break;
  }
  return {};
}

void add_required(Findings& out, const smtp::DomainFacts& facts,
                  const smtp::DomainJudgement& judgement) {
  if (!resolver_validates(facts)) return;  // nothing certain can be said
  for (std::size_t i = 0; i < judgement.hosts.size(); ++i) {
    const auto why = why_without_dane(judgement.hosts[i]);
    if (why.empty()) continue;
    const auto name = facts.hosts.at(i).name.to_string();
    out.push_back(
        make_finding(Severity::critical, "dane-required", {"S16", "O52"}, name,
                     fmt::format("DANE is required here, but {}.", why),
                     "Publish usable TLSA records in a signed zone, or do not require DANE "
                     "for this domain."));
  }
}

void add_partial(Findings& out, const smtp::DomainFacts& facts,
                 const smtp::DomainJudgement& judgement) {
  std::vector<std::string> with, without;
  for (std::size_t i = 0; i < judgement.hosts.size(); ++i) {
    const auto name = facts.hosts.at(i).name.to_string();
    if (judgement.hosts[i].policy.applicability == Applicability::dane) with.push_back(name);
    if (lacks_dane(judgement.hosts[i])) without.push_back(name);
  }
  if (with.empty() || without.empty()) return;
  out.push_back(make_finding(
      Severity::warning, "dane-partial", {"S66"}, facts.domain.to_string(),
      fmt::format(
          "Some MX hosts have DANE ({}), others do not ({}). An attacker who blocks the "
          "former gets the mail sent to the latter: the domain as a whole is not protected.",
          list(with), list(without)),
      fmt::format("Publish TLSA records for {} too, in a signed zone.", list(without))));
}

}  // namespace

Findings mx_findings(const smtp::DomainFacts& facts, const smtp::DomainJudgement& judgement,
                     const CheckOptions& options) {
  Findings out;
  if (!facts.mx || !judgement.mx) return out;
  const auto domain = facts.domain.to_string();
  if (const auto* failed = std::get_if<Failed>(&*facts.mx))
    out =
        failure_findings({{dns::Question{facts.domain, dns::RecordType::mx}.to_string(), *failed}},
                         domain, {"S5"}, resolver_validates(facts));
  add_route(out, domain, *judgement.mx);
  add_mx_faults(out, domain, *judgement.mx);
  if (judgement.mx->route == MailRoute::mx) add_aliases(out, facts);
  add_insecure_mx(out, facts, judgement, options);
  if (facts.hosts_cut > 0)
    out.push_back(make_finding(Severity::warning, "hosts-cut", {"S66"}, domain,
                               fmt::format("The domain has very many MX hosts; {} of them were not "
                                           "looked at.",
                                           facts.hosts_cut),
                               "Check the remaining hosts one by one with --host."));
  return out;
}

Findings coverage_findings(const smtp::DomainFacts& facts, const smtp::DomainJudgement& judgement,
                           const CheckOptions& options) {
  Findings out;
  if (options.require_dane) add_required(out, facts, judgement);
  add_partial(out, facts, judgement);
  return out;
}

Findings misplaced_findings(const smtp::DomainFacts& facts, const std::vector<Service>& services) {
  if (!facts.misplaced) return {};
  const auto* answer = found(&facts.misplaced->outcome);
  if (answer == nullptr || services.empty()) return {};
  std::vector<std::string> owners;
  std::string lines;
  for (const auto& service : services) {
    owners.push_back(service.owner);
    const auto records = recommended_records(service);
    if (!records.empty()) lines += "\n" + publish_advice(service, records);
  }
  return {make_finding(
      Severity::warning, "tlsa-at-domain", {"S31", "D11"}, facts.misplaced->owner.to_string(),
      fmt::format(
          "There are TLSA records at {}, but {} is no mail host: senders look at the names of "
          "the MX hosts, here {}, and never see them.",
          facts.misplaced->owner.to_string(), facts.domain.to_string(), list(owners)),
      fmt::format("Publish the records at {}, if that zone is signed, and remove them here.{}",
                  list(owners), lines))};
}

}  // namespace dane::check
