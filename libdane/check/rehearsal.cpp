#include "libdane/check/rehearsal.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "libdane/check/recommend.hpp"
#include "libdane/check/rehearsal_records.hpp"
#include "libdane/check/rehearsal_views.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

/// What the findings of one host's rehearsal are made of.
struct Trial {
  const HostView& view;
  const Service& service;
  const Rehearsal& rehearsal;
  ChainCase chain;  ///< the new one, judged by the validated records
  std::vector<Authority> authorities;
  std::string scope;  ///< which hosts are not rehearsed; empty: none
};

bool any(const Trial& trial, ServerView view) {
  return std::ranges::any_of(trial.authorities,
                             [&](const Authority& authority) { return authority.view == view; });
}

std::string names(const Trial& trial, ServerView view) {
  return list(names_with(trial.authorities, view));
}

Finding finding(const Trial& trial, Severity severity, std::string id, Rules rules,
                std::string text, std::string advice) {
  return make_finding(severity, std::move(id), std::move(rules), trial.service.name,
                      std::move(text) + trial.scope, std::move(advice));
}

/// As the zone has it.  A resolver's copy says only what is left of it.
std::chrono::seconds published_ttl(const Trial& trial) {
  std::chrono::seconds ttl{};
  for (const auto& authority : trial.authorities) ttl = std::max(ttl, authority.ttl);
  return ttl;
}

std::string wait_words(const Trial& trial) {
  const auto ttl = published_ttl(trial);
  if (ttl.count() == 0) return "twice the TTL that the records have in the zone";
  return fmt::format("2 x TTL (2 x {} s, {})", ttl.count(), format_duration(2 * ttl));
}

/// A CNAME at the owner may be one of several that lead to the same records.
std::string other_names(const Service& service) {
  return service.alias_target.empty()
             ? ""
             : fmt::format(", or another name whose CNAME leads to {},", service.alias_target);
}

std::string steps(const Trial& trial) {
  const auto obsolete = obsolete_records(trial.service);
  return fmt::format(
      "Do not deploy it yet. First publish, beside the records that stand there:\n{}\nWait until "
      "every "
      "authoritative server has it, and then {} more, so that no cache holds the old set. Then "
      "deploy "
      "the new certificate.{}",
      joining_lines(trial.service, records_to_add(trial.service)), wait_words(trial),
      obsolete.empty() ? ""
                       : fmt::format(" Last, remove {}, unless another certificate of the host{} "
                                     "still needs it.",
                                     show(obsolete), other_names(trial.service)));
}

/// Why the validated records refuse the new chain.
std::string reason(const Trial& trial, const Finding& diagnosis) {
  if (diagnosis.id != "tlsa-no-match" && diagnosis.id != "tlsa-ta-not-sent") return diagnosis.text;
  return fmt::format(
      "none of the published records matches it. Published: {}. What would match: {}.",
      show(trial.service.records), show(recommended_records(trial.service, trial.chain.chain)));
}

/// A cache may be all that is old, but nobody could be asked.
std::string unasked(const Trial& trial) {
  if (!any(trial, ServerView::failed)) return "";
  return fmt::format(" Whether {} have newer records could not be found out.",
                     names(trial, ServerView::failed));
}

Findings refused(const Trial& trial) {
  std::string text =
      fmt::format("The new certificate ({}) would be refused:", trial.rehearsal.source);
  std::string advice = steps(trial);
  const auto& chain = trial.rehearsal.chain;
  if (chain.size() == 1 && !chain.front().is_self_issued())
    text += fmt::format(" (The file holds the server's certificate alone, not its issuer's, {}.)",
                        quoted(chain.front().issuer()));
  for (const auto& diagnosis : diagnose(trial.service, trial.chain)) {
    text += " " + reason(trial, diagnosis);
    // No record helps a weak key.
    if (diagnosis.id == "certificate-weak" && !trial.chain.verification.prediction.vouching)
      advice =
          "Do not deploy it: get a certificate for a new key (RSA with 2048 bits or more, or "
          "P-256), and rehearse that.";
    if (diagnosis.id == "tlsa-name-mismatch")
      advice += fmt::format("\nOr have the certificate issued again with the name {}.",
                            trial.service.references.front());
  }
  return {finding(trial, Severity::critical, "rehearsal-fails", {"O34", "S57", "D31"},
                  std::move(text) + unasked(trial), std::move(advice))};
}

Finding lagging(const Trial& trial) {
  return finding(
      trial, Severity::critical, "rehearsal-server-differs", {"O34", "S57"},
      fmt::format(
          "The new certificate ({}) passes with some answers, but not with those of {}, which "
          "{} other TLSA records. Senders that ask there would refuse it.",
          trial.rehearsal.source, names(trial, ServerView::refuses),
          names_with(trial.authorities, ServerView::refuses).size() == 1 ? "has" : "have"),
      fmt::format(
          "Bring the zone on {} up to date (SOA serial, NOTIFY, zone transfer). When all servers "
          "agree, wait {} before you deploy.",
          names(trial, ServerView::refuses), wait_words(trial)));
}

/// The resolver still holds an older answer, with which the new certificate passes or DANE does not
/// apply; the servers have another, and that refuses it.
Finding refused_by_servers(const Trial& trial) {
  const auto newer = std::ranges::find(trial.authorities, ServerView::refuses, &Authority::view);
  auto service = trial.service;
  service.records = newer->records;
  return finding(
      trial, Severity::critical, "rehearsal-fails", {"O34", "S57"},
      fmt::format(
          "The new certificate ({}) would be refused: {} {} other records than the resolver "
          "still holds, and none of them matches it.",
          trial.rehearsal.source, names(trial, ServerView::refuses),
          names_with(trial.authorities, ServerView::refuses).size() == 1 ? "has" : "have"),
      fmt::format("Do not deploy it yet. First publish, beside the records that stand there:\n{}\n"
                  "When every server has that, wait {}, and deploy then.",
                  joining_lines(service, records_to_add(service)), wait_words(trial)));
}

/// Where all records are unusable, strict senders refuse and others do not authenticate.
Finding unusable_at(const Trial& trial) {
  return finding(
      trial, Severity::warning, "rehearsal-server-differs", {"O34", "S12"},
      fmt::format("{} {} no usable TLSA record, other than the answer that was validated: senders "
                  "that ask there do not authenticate, and strict ones refuse.",
                  names(trial, ServerView::unusable),
                  names_with(trial.authorities, ServerView::unusable).size() == 1 ? "has" : "have"),
      fmt::format("Bring the zone on {} up to date before you deploy.",
                  names(trial, ServerView::unusable)));
}

Finding cached(const Trial& trial) {
  const auto* answer = found(used_tlsa(trial.view));
  const auto left = answer != nullptr ? answer->ttl : std::chrono::seconds{};
  return finding(
      trial, Severity::warning, "rehearsal-cached", {"O34", "O39"},
      fmt::format(
          "The authoritative servers have a record for the new certificate ({}), but the "
          "resolver still holds the old records, which refuse it, for another {} s. Senders' "
          "resolvers do the same.",
          trial.rehearsal.source, left.count()),
      fmt::format("Wait until {} have passed since the record was published, then deploy.",
                  wait_words(trial)));
}

Finding not_asked(const Trial& trial) {
  std::vector<std::string> failures;
  for (const auto& authority : trial.authorities) {
    if (authority.view == ServerView::failed)
      failures.push_back(authority.name + " (" + authority.reason + ")");
  }
  return finding(
      trial, Severity::unknown, "rehearsal-authority-failed", {"O34", "D24"},
      fmt::format(
          "What {} would answer could not be found out: whether the new certificate ({}) passes "
          "everywhere is not known.",
          list(failures), trial.rehearsal.source),
      "See that every authoritative server answers, and rehearse again before you deploy.");
}

Finding passed(const Trial& trial) {
  std::string text = fmt::format(
      "The new certificate ({}) passes with the records that are validated "
      "now",
      trial.rehearsal.source);
  const auto passing = names_with(trial.authorities, ServerView::passes);
  text += passing.empty()
              ? "; no authoritative server was asked."
              : fmt::format(" and at {}: {}.", count(passing.size(), "authoritative server"),
                            list(passing));
  if (any(trial, ServerView::absent))
    text += fmt::format(" {} shows no TLSA records at all.", names(trial, ServerView::absent));
  text += same_key_as_now(trial.service)
              ? " Its key is the one in use: nothing changes in the DNS."
              : " Its key is new, and a record that covers it is published.";
  const auto ends = trial.rehearsal.chain.front().not_after();
  if (ends >= trial.service.at &&
      ends < trial.service.at + std::chrono::days(trial.service.warn_days))
    text += fmt::format(" But it expires on {}.", format_rfc3339(ends));
  const bool wrong_key = !trial.rehearsal.key_belongs.value_or(true);
  const auto advice =
      same_key_as_now(trial.service) || wrong_key
          ? std::string()
          : fmt::format("Deploy when that record has been published for {}.", wait_words(trial));
  return finding(trial, Severity::note, "rehearsal-ok", {"O34", "S57"}, std::move(text), advice);
}

/// What is presented now passes for every sender, and the new chain only for those with SHA-512.
bool needs_sha512(const Trial& trial) {
  const auto refused_without = [&](const x509::Chain& chain) {
    return is_refused(trial.service, chain, trial.service.records, false);
  };
  return refused_without(trial.rehearsal.chain) &&
         std::ranges::none_of(trial.service.chains,
                              [&](const ChainCase& seen) { return refused_without(seen.chain); });
}

Finding sha512_needed(const Trial& trial) {
  return finding(trial, Severity::warning, "rehearsal-needs-sha512", {"O2", "S37", "O34"},
                 fmt::format("The new certificate ({}) passes by a SHA-512 record alone. Senders "
                             "without SHA-512, which is optional (RFC 6698 section 6), see the "
                             "other records only, and those refuse it.",
                             trial.rehearsal.source),
                 steps(trial));
}

Finding unusable(const Trial& trial) {
  const bool weak = recommended_records(trial.service, trial.rehearsal.chain).empty();
  return finding(
      trial, Severity::warning, "rehearsal-all-unusable", {"S12", "O53"},
      fmt::format("None of the published TLSA records is usable, so the new certificate ({}) "
                  "can be neither verified nor refused with DANE.",
                  trial.rehearsal.source),
      weak
          ? weak_key_words(trial.service)
          : "Publish all of these at once, which cover the certificate in use and the new one, and "
            "deploy the new one when two TTLs have passed:\n" +
                publish_advice(trial.service, recommended_records(trial.service)));
}

Finding nothing_to_break(const Trial& trial) {
  return finding(trial, Severity::note, "rehearsal-no-records", {"S13"},
                 fmt::format("DANE does not apply to this host, so the new certificate ({}) breaks "
                             "nothing. Do not publish TLSA records and deploy it on the same day: "
                             "records first, and for the certificates in use too.",
                             trial.rehearsal.source),
                 {});
}

/// No validated records: what single servers say is not authenticated, but a refusal is a warning.
Finding not_rehearsed(const Trial& trial) {
  return finding(
      trial, Severity::unknown, "rehearsal-impossible", {"O34", "D24"},
      fmt::format("The new certificate ({}) could not be rehearsed: the records of the host could "
                  "not be looked up.{}",
                  trial.rehearsal.source,
                  any(trial, ServerView::refuses)
                      ? fmt::format(" {} would refuse it.", names(trial, ServerView::refuses))
                      : ""),
      "Do not deploy it yet. Mend what the failed lookup is told to need, and rehearse again.");
}

/// No records were validated.
Findings judge_without_records(const Trial& trial) {
  // Unsigned records bind nobody, whichever server has them.  S13, D17
  if (trial.view.judgement.policy.applicability == smtp::Applicability::insecure)
    return {nothing_to_break(trial)};
  if (any(trial, ServerView::refuses)) return {refused_by_servers(trial)};
  if (any(trial, ServerView::failed)) return {not_asked(trial)};
  return {nothing_to_break(trial)};
}

Findings judge_with_records(const Trial& trial) {
  const bool passes = any(trial, ServerView::passes);
  const bool refuses = any(trial, ServerView::refuses);
  Findings out;
  switch (trial.chain.verification.verdict) {
    case verify::Verdict::undetermined:
      out = diagnose(trial.service, trial.chain);
      for (auto& one : out) one.subject = trial.service.name;
      return out;
    case verify::Verdict::unusable:
      out.push_back(unusable(trial));
      break;
    case verify::Verdict::refuted:
      if (!passes) return refused(trial);
      if (!refuses) out.push_back(cached(trial));
      break;
    case verify::Verdict::authenticated:
      if (needs_sha512(trial)) out.push_back(sha512_needed(trial));
      if (any(trial, ServerView::unusable)) out.push_back(unusable_at(trial));
      break;
  }
  if (refuses) out.push_back(passes ? lagging(trial) : refused_by_servers(trial));
  if (any(trial, ServerView::failed)) out.push_back(not_asked(trial));
  if (out.empty()) out.push_back(passed(trial));
  return out;
}

std::string scope_words(const RehearsalScope& scope, std::size_t hosts) {
  if (!scope.named)
    return hosts > 1 ? " (The certificate names none of the hosts, so it is tried for all.)" : "";
  if (scope.left_out.empty()) return "";
  return fmt::format(" (Not tried for {}: the certificate does not name {}.)", list(scope.left_out),
                     scope.left_out.size() == 1 ? "it" : "them");
}

}  // namespace

RehearsalScope rehearsal_scope(const smtp::DomainFacts& facts,
                               const smtp::DomainJudgement& judgement, const Rehearsal& rehearsal) {
  RehearsalScope scope;
  for (std::size_t i = 0; i < facts.hosts.size(); ++i) {
    const std::vector<std::string> hosts{judgement.hosts.at(i).policy.base.to_string(),
                                         facts.hosts[i].name.to_string()};
    const bool covers = x509::match_names(rehearsal.chain.front(), hosts, true).has_value();
    scope.hosts.push_back(covers);
    scope.named |= covers;
  }
  for (std::size_t i = 0; i < facts.hosts.size(); ++i) {
    if (!scope.named) scope.hosts[i] = true;
    if (!scope.hosts[i]) scope.left_out.push_back(facts.hosts[i].name.to_string());
  }
  return scope;
}

HostRehearsal rehearse(const HostView& view, const Service& service, const RehearsalScope& scope) {
  const auto& rehearsal = *view.options.rehearsal;
  Trial trial{.view = view,
              .service = service,
              .rehearsal = rehearsal,
              .chain = {.address = {},
                        .place = {},
                        .key_type = to_string(rehearsal.chain.front().key_type()),
                        .chain = rehearsal.chain,
                        .verification = {}},
              .authorities = judge_authorities(view, service, rehearsal.chain),
              .scope = scope_words(scope, view.facts.hosts.size())};
  if (view.has_dane())
    trial.chain.verification =
        verify::judge_chain(request_for(service, rehearsal.chain, service.records));
  HostRehearsal result;
  for (const auto& authority : trial.authorities) result.authorities.push_back(authority.row);
  const auto applicability = view.judgement.policy.applicability;
  // Why the lookup failed has its own finding.
  if (applicability == smtp::Applicability::lookup_failed)
    result.findings = {not_rehearsed(trial)};
  else
    result.findings = view.has_dane() ? judge_with_records(trial) : judge_without_records(trial);
  return result;
}

Findings hostless_findings(const smtp::DomainFacts& facts, const Rehearsal& rehearsal) {
  if (!facts.hosts.empty()) return {};
  return {make_finding(
      Severity::unknown, "rehearsal-impossible", {"O34"}, facts.domain.to_string(),
      fmt::format("The new certificate ({}) could not be rehearsed: no mail host of the domain is "
                  "known.",
                  rehearsal.source),
      "Name the host itself: --host HOST --cert FILE.")};
}

Findings file_findings(const Rehearsal& rehearsal, TimePoint at) {
  Findings out;
  const auto& leaf = rehearsal.chain.front();
  if (leaf.not_after() < at || leaf.not_before() > at)
    out.push_back(make_finding(
        Severity::warning, "rehearsal-out-of-date", {"O34", "S40"}, rehearsal.source,
        fmt::format("The new certificate is valid from {} to {} only. DANE senders do not look at "
                    "the dates where a record of usage 3 stands for it; everybody else does.",
                    format_rfc3339(leaf.not_before()), format_rfc3339(leaf.not_after())),
        "Is it the file of the renewal? Name the one that the server is to present."));
  if (rehearsal.key_belongs.value_or(true)) return out;
  out.push_back(
      make_finding(Severity::critical, "rehearsal-key-mismatch", {"O34"}, rehearsal.source,
                   "The private key does not belong to the new certificate: a server with both "
                   "does not start, or "
                   "fails every handshake.",
                   "Take the key that the certificate was requested with, or request a "
                   "certificate for this key."));
  return out;
}

}  // namespace dane::check
