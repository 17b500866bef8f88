/// \file  What becomes of the chains of one service, and what that suggests.
#include <algorithm>
#include <set>
#include <span>

#include <fmt/format.h>

#include "libdane/check/findings.hpp"
#include "libdane/check/mistakes.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

bool passes(const ChainCase& seen) {
  return seen.verification.verdict == verify::Verdict::authenticated;
}
bool fails(const ChainCase& seen) {
  return seen.verification.verdict == verify::Verdict::refuted;
}

/// A certificate's key types or addresses, by how their chains fare.
struct Fare {
  std::set<std::string> good, bad;
  /// Some fare well and others badly, and none does both.
  [[nodiscard]] bool splits() const {
    return !good.empty() && !bad.empty() &&
           std::ranges::none_of(bad, [&](const std::string& b) { return good.contains(b); });
  }
  void drop_bad_from_good() {
    for (const auto& b : bad) good.erase(b);
  }
};

std::vector<std::string> as_list(const std::set<std::string>& items) {
  return {items.begin(), items.end()};
}

void add_key_types(Findings& out, const Service& service, const Fare& types) {
  out.push_back(make_finding(
      Severity::critical, "key-type-uncovered", {"S60", "O51"}, service.name,
      fmt::format(
          "The server has certificates of more than one key type. The TLSA records cover {}, "
          "but not {}; which one a client gets depends on the client.",
          list(as_list(types.good)), list(as_list(types.bad))),
      fmt::format("Publish a record for the {} key too:\n{}", list(as_list(types.bad)),
                  joining_lines(service, additions(service)))));
}

/// Records can help only where there is a certificate.
bool shown_by_all(const Service& service, const std::set<std::string>& addresses) {
  return std::ranges::all_of(addresses, [&](const std::string& address) {
    return std::ranges::any_of(service.chains,
                               [&](const ChainCase& seen) { return seen.address == address; });
  });
}

void add_addresses(Findings& out, const Service& service, const Fare& addresses) {
  out.push_back(make_finding(
      Severity::critical, "address-differs", {"S65", "O51"}, service.name,
      fmt::format(
          "The addresses of this host do not agree: {} can be verified, {} cannot. Which one a "
          "client takes is chance.",
          list(as_list(addresses.good)), list(as_list(addresses.bad))),
      fmt::format(
          "Give {} the same certificate, key and TLS settings as the others{}.",
          list(as_list(addresses.bad)),
          shown_by_all(service, addresses.bad) ? ", or publish records that cover both" : "")));
}

std::string what_was_meant(const Service& service, const Mistake& mistake) {
  if (!mistake.right || !acts_as_ta(*mistake.right)) return "";
  return " What was meant is probably:\n" + joining_lines(service, {*mistake.right});
}

/// \param remedy  the finding that says what to publish; empty: the chain passes without the
/// record.
std::string mistake_advice(const Service& service, const Mistake& mistake,
                           const std::string& remedy) {
  const bool published =
      mistake.right && std::ranges::find(service.records, *mistake.right) != service.records.end();
  if (published)
    return "Remove the record: the right one, " + show(*mistake.right) + ", is published already.";
  if (mistake.kind == MistakeKind::stale && !service.untested.empty())
    return fmt::format("Leave it until {} could be tested: its key may be in use there.",
                       list(service.untested));
  if (!remedy.empty() && mistake.kind == MistakeKind::stale)
    return fmt::format(
        "Remove it when the record given under {} works; or put the former key and "
        "certificate back. And let the renewal publish the new record before it "
        "deploys a new key.",
        remedy);
  if (!remedy.empty())
    return fmt::format("Remove it when the record given under {} works.{}", remedy,
                       what_was_meant(service, mistake));
  if (mistake.right)
    return "Replace it by what was probably meant:\n" + joining_lines(service, {*mistake.right});
  return "Remove it, unless it stands for a key that is to come.";
}

/// The finding that says what to publish.
std::string remedy_of(const Findings& chains) {
  for (const auto& finding : chains) {
    if (finding.severity == Severity::critical) return finding.id;
  }
  return {};
}

}  // namespace

Findings chain_findings(const Service& service) {
  // Many addresses mostly present the same chain: one diagnosis serves them all.
  std::vector<std::pair<const x509::Chain*, Findings>> diagnoses;
  std::vector<Placed> placed;
  for (const auto& seen : service.chains) {
    auto known = std::ranges::find_if(
        diagnoses, [&](const auto& entry) { return *entry.first == seen.chain; });
    if (known == diagnoses.end())
      known = diagnoses.insert(diagnoses.end(), {&seen.chain, diagnose(service, seen)});
    for (const auto& finding : known->second) placed.push_back({seen.place, finding});
  }
  return merge_places(service.name, placed);
}

Findings contrast_findings(const HostView& view, const Service& service) {
  Findings out;
  Fare types;
  Fare addresses;
  for (const auto& seen : service.chains) {
    if (passes(seen)) types.good.insert(seen.key_type), addresses.good.insert(seen.address);
    if (fails(seen)) types.bad.insert(seen.key_type), addresses.bad.insert(seen.address);
  }
  const bool key_types = types.splits();
  for (const auto index : view.judgement.failed_probes)
    addresses.bad.insert(view.host.probes.at(index).request.endpoint.address.to_string());
  addresses.drop_bad_from_good();
  if (key_types) add_key_types(out, service, types);
  if (!key_types && addresses.splits()) add_addresses(out, service, addresses);
  return out;
}

Findings mistake_findings(const Service& service, const Findings& chains) {
  Findings out;
  const auto remedy = remedy_of(chains);
  const bool unexplained =
      has_finding(chains, "tlsa-no-match") && !has_finding(chains, "sni-chain-wrong");
  const auto presented = distinct_chains(service);
  if (presented.empty()) return out;
  MistakeFinder finder(presented, service.others);
  const auto guessed = std::min(service.records.size(), most_guessed_records);
  for (const auto& record : std::span(service.records).first(guessed)) {
    const auto mistake = finder.guess(record);
    if (!mistake) continue;
    // tlsa-ta-leaf has said it.  A record for the next key is no mistake while another one matches.
    if (mistake->kind == MistakeKind::stale &&
        (!unexplained || tlsa::usability(record, service.profile)))
      continue;
    if (mistake->kind == MistakeKind::usage && has_finding(chains, "tlsa-ta-leaf") &&
        acts_as_ta(record))
      continue;
    // tlsa-unknown-parameter has said it.
    if (mistake->kind == MistakeKind::usage && !acts_as_ta(record) && !acts_as_ee(record)) continue;
    auto finding = make_finding(remedy.empty() ? Severity::warning : Severity::critical,
                                std::string(finding_id(mistake->kind)), {"D8", "D22"},
                                service.owner.empty() ? service.name : service.owner, mistake->text,
                                mistake_advice(service, *mistake, remedy));
    if (std::ranges::find(out, finding) == out.end()) out.push_back(std::move(finding));
  }
  return out;
}

Findings verified_findings(const HostView& view, const Service& service) {
  if (view.judgement.outcome != smtp::HostOutcome::verified) return {};
  std::set<std::string> addresses;
  std::set<std::string> types;
  for (const auto& seen : service.chains) {
    addresses.insert(seen.address);
    types.insert(seen.key_type);
  }
  return {make_finding(
      Severity::note, "dane-verified", {"S11", "S65"}, service.name,
      fmt::format("Every certificate that the server presents ({}) matches a TLSA record, at every "
                  "address tested: {}.",
                  list(as_list(types)), list(as_list(addresses))))};
}

}  // namespace dane::check
