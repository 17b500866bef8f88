#include "libdane/check/verdict.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "libdane/check/probe_words.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using smtp::HostOutcome;
using smtp::MailRoute;

/// In order of weight: the first that was found is the reason given.
constexpr std::pair<std::string_view, std::string_view> reasons[] = {
    {"dns-bogus", "its DNS does not pass DNSSEC validation"},
    {"host-no-address", "it has no address"},
    {"family-left-out", "its addresses were left out by -4 or -6"},
    {"starttls-not-offered", "it does not offer STARTTLS"},
    {"starttls-rejected", "it refuses STARTTLS"},
    {"plaintext-injected", "unencrypted octets follow its STARTTLS reply"},
    {"tls-handshake-failed", "the TLS handshake fails"},
    {"no-certificate", "it presents no certificate"},
    {"not-smtp", "it does not speak the protocol"},
    {"tlsa-agility-trap", "the matching TLSA record is set aside by digest agility"},
    {"tlsa-name-mismatch", "its certificate has the wrong name"},
    {"certificate-expired", "a certificate of its chain is expired or not yet valid"},
    {"certificate-weak", "a key or a signature of its chain is too weak"},
    {"tlsa-ta-not-sent", "it does not send the CA that its TLSA records name"},
    {"tlsa-ta-leaf", "its TLSA record takes the server's certificate for a CA"},
    {"chain-invalid", "its certificate chain does not verify"},
    {"sni-chain-wrong", "it presents the wrong certificate for its name"},
    {"key-type-uncovered", "its TLSA records cover only one of its keys"},
    {"tlsa-no-match", "no TLSA record matches its certificate"},
    {"verdict-disagreement", "two verifications of it disagree"},
    {"dns-validators-disagree", "two validators disagree about its DNS"},
    {"dns-lookup-failed", "a DNS lookup failed"},
    {"host-unreachable", "it could not be reached"},
    {"greeting-rejected", "it turned this client away"},
    {"greeting-timeout", "its greeting did not come in time"},
    {"server-closed", "it closed or refused a connection"},
    {"probe-timeout", "it did not answer in time"},
    {"out-of-time", "the time of the run was used up"},
    {"evidence-incomplete", "the evidence does not hold all of it"},
};

/// Names, each with its reason, of the hosts with this outcome.
struct Group {
  std::vector<std::string> names;
  std::vector<std::string> reasoned;
  [[nodiscard]] bool empty() const { return names.empty(); }
};

Group group(const std::vector<HostResult>& hosts, HostOutcome outcome) {
  Group out;
  for (const auto& host : hosts) {
    if (host.outcome != outcome) continue;
    const auto reason = short_reason(host.findings);
    out.names.push_back(host.name);
    out.reasoned.push_back(reason.empty() ? host.name : host.name + " (" + reason + ")");
  }
  return out;
}

/// Lookups that no validating sender can make, addresses that do not exist: not delivered, surely.
bool surely_undeliverable(const HostResult& host) {
  return has_finding(host.findings, "dns-bogus") || has_finding(host.findings, "host-no-address");
}

std::string without_hosts(const smtp::DomainFacts& facts, const smtp::DomainJudgement& judgement,
                          const Findings& domain) {
  const auto route = judgement.mx ? judgement.mx->route : MailRoute::lookup_failed;
  switch (route) {
    case MailRoute::null_mx:
      return "Accepts no mail: null MX.";
    case MailRoute::not_a_domain:
      return "No: the domain does not exist.";
    case MailRoute::lookup_failed:
      if (has_finding(domain, "dns-bogus"))
        return "No: its MX records do not pass DNSSEC validation, so mail waits at validating "
               "senders.";
      return facts.mx ? "Unknown: its MX records could not be looked up."
                      : "Unknown: nothing was tested.";
    case MailRoute::mx:
    case MailRoute::implicit_mx:
      break;
  }
  return "Unknown: no host was tested.";
}

std::string who(const smtp::DomainFacts& facts) {
  const bool mail = std::ranges::all_of(facts.hosts, [](const smtp::HostFacts& host) {
    return host.protocol == probe::Protocol::smtp;
  });
  return mail ? "DANE senders" : "DANE clients";
}

std::string undetermined_sentence(const std::vector<HostResult>& hosts, const Group& open,
                                  const Group& verified, const std::string& peers) {
  const bool all = open.names.size() == hosts.size();
  const auto rest =
      verified.empty() ? "" : fmt::format("; {} accept {}", peers, list(verified.names));
  const bool surely = std::ranges::all_of(hosts, [](const HostResult& host) {
    return host.outcome != HostOutcome::undetermined || surely_undeliverable(host);
  });
  if (surely && all) return fmt::format("No: {} cannot use {}.", peers, list(open.reasoned));
  if (surely)
    return fmt::format("Only in part: {} cannot use {}{}.", peers, list(open.reasoned), rest);
  return fmt::format("{}: {} could not be judged{}.", all ? "Unknown" : "Not certain",
                     list(open.reasoned), rest);
}

std::string unprotected(const Group& absent, const Group& insecure) {
  std::vector<std::string> parts;
  if (!absent.empty())
    parts.push_back(fmt::format("{} {} no TLSA records", list(absent.names),
                                absent.names.size() == 1 ? "has" : "have"));
  if (!insecure.empty())
    parts.push_back(fmt::format("DNSSEC does not cover the lookups of {}", list(insecure.names)));
  return list(parts);
}

/// Connections were tried, and none of them says anything about its server.
bool nothing_was_tested(const smtp::DomainFacts& facts, const smtp::DomainJudgement& judgement) {
  for (std::size_t i = 0; i < facts.hosts.size(); ++i) {
    const auto with_sni = std::ranges::count_if(
        facts.hosts[i].probes,
        [](const smtp::ProbeFacts& probe) { return probe.request.server_name.has_value(); });
    if (with_sni == 0 || std::ssize(judgement.hosts.at(i).untestable) < with_sni) return false;
  }
  return true;
}

/// With or without DANE: no TLS where a service begins with it, or another protocol.
bool is_of_no_use(const smtp::DomainFacts& facts, const HostResult& host) {
  if (has_finding(host.findings, "not-smtp")) return true;
  return facts.hosts.front().protocol == probe::Protocol::implicit &&
         overall_status(host.findings) == Status::critical;
}

std::string hosts_sentence(const smtp::DomainFacts& facts, const smtp::DomainJudgement& judgement,
                           const std::vector<HostResult>& hosts) {
  if (judgement.mx && judgement.mx->null_mx_beside_others)
    return "Not by all: a null MX stands beside other MX records, and senders such as Postfix then "
           "deliver nothing at all.";
  const auto refuted = group(hosts, HostOutcome::refuted);
  const auto open = group(hosts, HostOutcome::undetermined);
  const auto unusable = group(hosts, HostOutcome::unusable);
  const auto verified = group(hosts, HostOutcome::verified);
  const auto absent = group(hosts, HostOutcome::no_records);
  const auto insecure = group(hosts, HostOutcome::insecure);
  const auto peers = who(facts);
  const bool any_chance =
      std::ranges::any_of(hosts, [](const HostResult& host) { return host.some_chain_passes; });
  if (refuted.names.size() == hosts.size())
    return fmt::format("{}: {} refuse {}.", any_chance ? "Not reliably" : "No", peers,
                       list(refuted.reasoned));
  if (!refuted.empty()) {
    auto others = hosts;
    std::erase_if(others, [](const HostResult& h) {
      return h.outcome == HostOutcome::refuted || h.outcome == HostOutcome::undetermined;
    });
    std::vector<std::string> left;
    for (const auto& host : others) left.push_back(host.name);
    return fmt::format("Only in part: {} refuse {}{}.", peers, list(refuted.reasoned),
                       left.empty() ? "" : " and are left with " + list(left));
  }
  if (!open.empty()) return undetermined_sentence(hosts, open, verified, peers);
  if (!unusable.empty())
    return fmt::format(
        "Not from everyone: no TLSA record of {} is usable; strict {} refuse, others go on without "
        "authentication.",
        list(unusable.names), peers);
  if (nothing_was_tested(facts, judgement))
    return fmt::format("Unknown: no host could be {}; {}.",
                       std::ranges::all_of(facts.hosts, was_never_reached) ? "reached" : "tested",
                       unprotected(absent, insecure));
  if (std::ranges::all_of(hosts, [&](const HostResult& h) { return is_of_no_use(facts, h); })) {
    std::vector<std::string> useless;
    for (const auto& host : hosts)
      useless.push_back(fmt::format("{} ({})", host.name, short_reason(host.findings)));
    return fmt::format("No: nobody can use {}.", list(useless));
  }
  if (verified.empty())
    return fmt::format("Yes, but without DANE: {}.", unprotected(absent, insecure));
  if (!absent.empty() || !insecure.empty())
    return fmt::format("Yes, but not protected throughout: {}.", unprotected(absent, insecure));
  return fmt::format("Yes: {} accept {}; TLSA records and certificates agree.", peers,
                     list(verified.names));
}

std::string rehearsal_sentence(const std::vector<HostResult>& hosts, const Findings& domain) {
  const auto any = [&](std::string_view id) {
    return std::ranges::any_of(hosts,
                               [&](const HostResult& h) { return has_finding(h.findings, id); });
  };
  if (any("rehearsal-fails"))
    return "Do not deploy the new certificate yet: the published records refuse it.";
  if (has_finding(domain, "rehearsal-key-mismatch"))
    return "Do not deploy the new certificate: the private key does not belong to it.";
  if (any("rehearsal-server-differs"))
    return "Do not deploy the new certificate yet: a name server lags behind and refuses it.";
  if (any("rehearsal-needs-sha512"))
    return "Do not deploy the new certificate yet: senders without SHA-512 would refuse it.";
  if (any("rehearsal-authority-failed"))
    return "Unknown whether the new certificate passes everywhere: a name server did not answer.";
  if (any("rehearsal-impossible") || has_finding(domain, "rehearsal-impossible"))
    return "Do not deploy the new certificate yet: it could not be rehearsed.";
  if (any("rehearsal-cached"))
    return "Wait with the new certificate: caches still hold records that refuse it.";
  if (any("rehearsal-all-unusable"))
    return "The new certificate changes nothing: no TLSA record is usable.";
  const bool waits = std::ranges::any_of(hosts, [](const HostResult& host) {
    return std::ranges::any_of(host.findings, [](const Finding& finding) {
      return finding.id == "rehearsal-ok" && !finding.advice.empty();
    });
  });
  const std::string but =
      has_finding(domain, "rehearsal-out-of-date") ? " But today is not within its dates." : "";
  if (waits)
    return "The new certificate may be deployed once its record is two TTLs old: the published "
           "records accept it." +
           but;
  if (any("rehearsal-ok"))
    return "The new certificate may be deployed: the published records accept it." + but;
  if (any("rehearsal-no-records"))
    return "The new certificate may be deployed: DANE does not apply.";
  return {};
}

/// To go on with within a sentence; the first is an ASCII letter.
std::string with_small_letter(std::string sentence) {
  if (!sentence.empty()) sentence.front() = static_cast<char>(sentence.front() | 0x20);
  return sentence;
}

/// "Yes: DANE senders ..." -> "Today: yes, DANE senders ...".
std::string as_second_sentence(std::string sentence) {
  if (sentence.empty()) return sentence;
  sentence = with_small_letter(std::move(sentence));
  if (const auto colon = sentence.find(": "); colon != std::string::npos)
    sentence.replace(colon, 2, ", ");
  return " Today: " + sentence;
}

/// Said by DNS alone, whoever validates it.
bool is_settled_by_mx(const smtp::DomainJudgement& judgement) {
  return judgement.mx && (judgement.mx->route == MailRoute::null_mx ||
                          judgement.mx->route == MailRoute::not_a_domain);
}

}  // namespace

// With --quiet and in monitoring this line is all that people see.
std::string qualified(std::string yes, const std::vector<HostResult>& hosts,
                      const Findings& domain) {
  const Finding* worst = nullptr;
  const auto weigh = [&](const Findings& findings) {
    for (const auto& finding : findings) {
      if (finding.severity == Severity::note || finding.id.starts_with("rehearsal-")) continue;
      if (!worst || finding.severity > worst->severity) worst = &finding;
    }
  };
  weigh(domain);
  for (const auto& host : hosts) weigh(host.findings);
  if (!worst) return yes;
  constexpr std::string_view plain = "Yes";
  if (worst->severity == Severity::unknown)
    yes.insert(plain.size(), ", as far as it could be tested");
  const auto info = std::ranges::find(finding_catalogue(), worst->id, &FindingInfo::id);
  if (info != finding_catalogue().end()) yes += fmt::format(" But: {}.", info->meaning);
  return yes;
}

std::string short_reason(const Findings& findings) {
  for (const auto& [id, words] : reasons) {
    if (has_finding(findings, id)) return std::string(words);
  }
  return {};
}

std::string verdict_sentence(const smtp::DomainFacts& facts, const smtp::DomainJudgement& judgement,
                             const std::vector<HostResult>& hosts, const Findings& domain) {
  if (auto blind = resolver_sentence(facts); !blind.empty() && !is_settled_by_mx(judgement))
    return blind;
  const auto rehearsal = rehearsal_sentence(hosts, domain);
  if (hosts.empty()) {
    auto sentence = without_hosts(facts, judgement, domain);
    return rehearsal.empty() ? sentence : rehearsal + as_second_sentence(std::move(sentence));
  }
  if (has_finding(domain, "port-25-blocked"))
    return "Unknown: the network of this machine blocks the port, so no server could be tested.";
  auto sentence = hosts_sentence(facts, judgement, hosts);
  if (has_finding(domain, "dane-required") && !sentence.starts_with("No:")) {
    return "No: DANE is required, and not every host has it. Without that demand: " +
           with_small_letter(std::move(sentence));
  }
  if (sentence.starts_with("Yes")) sentence = qualified(std::move(sentence), hosts, domain);
  return rehearsal.empty() ? sentence : rehearsal + as_second_sentence(std::move(sentence));
}

}  // namespace dane::check
