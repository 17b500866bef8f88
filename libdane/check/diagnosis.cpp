/// \file  Why one chain is refused.
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/known_cas.hpp"
#include "libdane/check/mistakes.hpp"
#include "libdane/check/path_diagnosis.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::Record;

/// A record that would authenticate the chain, had a stronger digest not pushed it aside.
std::optional<Finding> agility_trap(const Service& service, const ChainCase& seen) {
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    const auto& fate = seen.verification.fates[i];
    const auto& record = service.records.at(i);
    if (fate.unusable || !fate.set_aside_by_agility || !matches_in_place(record, fate)) continue;
    const auto alone = verify::judge_chain(request_for(service, seen.chain, {record}));
    if (alone.verdict != verify::Verdict::authenticated) continue;
    const auto group =
        fmt::format("{} {}", static_cast<int>(record.usage), static_cast<int>(record.selector));
    auto without = service.records;
    std::erase_if(without, [&](const Record& other) {
      return other.usage == record.usage && other.selector == record.selector &&
             other.matching_type == tlsa::MatchingType::sha2_512;
    });
    const auto stronger =
        tlsa::make_record(record.usage, record.selector, tlsa::MatchingType::sha2_512,
                          seen.chain[fate.matches.front()]);
    return make_critical(
        "tlsa-agility-trap", {"O44", "O46"},
        fmt::format(
            "The record {} matches {}, but is ignored: {} {} 2 records (SHA-512) stand beside "
            "it, and clients that know SHA-512 use only those (digest algorithm agility, RFC "
            "7671 section 9). None of them matches.",
            show(record), describe(seen.chain, fate.matches.front()), "one or more", group),
        keeps_all_chains(service, without) || !stronger
            ? fmt::format("Remove the {0} 2 records. They do not stand for the object in use; {0} "
                          "1 alone is enough.",
                          group)
            : fmt::format("Publish the {0} 2 record of the object in use as well (to remove those "
                          "that stand there would do too, if nothing that they stand for is in "
                          "use or comes next):\n{1}",
                          group, joining_lines(service, additions(service, {*stronger}))));
  }
  return std::nullopt;
}

std::optional<Finding> ta_leaf(const Service& service, const ChainCase& seen) {
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    const auto& fate = seen.verification.fates[i];
    const auto& record = service.records.at(i);
    if (!takes_part(fate) || !acts_as_ta(record)) continue;
    if (fate.matches != std::vector<std::size_t>{0}) continue;
    return make_critical(
        "tlsa-ta-leaf", {"D3", "O22"},
        fmt::format("The record {} says usage {} (a CA that issues), but matches the server's own "
                    "certificate. That is no issuer, so the record authenticates nothing.",
                    show(record), static_cast<int>(record.usage)),
        "Publish the server's key with usage 3, and remove that record when it works:\n" +
            leaf_lines(service, seen.chain));
  }
  return std::nullopt;
}

/// Digests of CAs alone, none of them here, and none of them a known mistake.
bool pins_an_absent_ca(const Service& service, const ChainCase& seen) {
  std::vector<Record> pinned;
  bool any_digest = false;
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    const auto& fate = seen.verification.fates[i];
    const auto& record = service.records.at(i);
    if (!takes_part(fate)) continue;
    if (record.usage != tlsa::CertificateUsage::dane_ta || !fate.matches.empty()) return false;
    any_digest |= record.matching_type != tlsa::MatchingType::full;
    pinned.push_back(record);
  }
  if (!any_digest || pinned.size() > most_guessed_records) return any_digest;
  MistakeFinder finder({seen.chain}, service.others);
  return std::ranges::none_of(pinned, [&](const Record& record) {
    const auto mistake = finder.guess(record);
    return mistake && mistake->kind != MistakeKind::stale;
  });
}

std::string pinned_cas(const Service& service) {
  std::vector<std::string> names;
  for (const auto& record : service.records) {
    if (const auto name = known_ca_name(record))
      names.push_back(fmt::format("{} is the digest of \"{}\"", show(record), *name));
  }
  return names.empty() ? "" : " The record " + list(names) + ".";
}

std::string sent_cas(const x509::Chain& chain) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < chain.size(); ++i) names.push_back(quoted(chain[i].subject()));
  if (names.empty()) return "no CA certificate at all";
  return (names.size() == 1 ? "only the CA certificate " : "only the CA certificates ") +
         list(names);
}

/// Another CA than the one that would come next: to send it would not help.
bool pins_other_cas_only(const Service& service, const x509::Certificate& top) {
  bool any = false;
  for (const auto& record : service.records) {
    if (!acts_as_ta(record)) continue;
    const auto name = known_ca_name(record);
    if (!name || top.issuer().find(*name) != std::string::npos) return false;
    any = true;
  }
  return any;
}

/// A CA is pinned, and the chain ends below its root: the pinned one is probably not sent.
std::optional<Finding> ta_not_sent(const Service& service, const ChainCase& seen) {
  const auto& top = seen.chain[signature_path(seen.chain).back()];
  if (top.is_self_issued() || !pins_an_absent_ca(service, seen)) return std::nullopt;
  const auto append =
      pins_other_cas_only(service, top)
          ? fmt::format(
                "The pinned CA is not {}, which the chain needs next: the issuer has "
                "changed, and to send the pinned one would not help. Publish the server's "
                "key:\n",
                quoted(top.issuer()))
          : fmt::format(
                "If {} is the pinned CA, append its certificate to the server's chain "
                "file. If the CA has changed since, its record can go once another works. What "
                "helps in any case is a record for the server's key, which needs no CA:\n",
                quoted(top.issuer()));
  return make_critical(
      "tlsa-ta-not-sent", {"D14", "O14", "O18", "S41"},
      fmt::format(
          "The TLSA records name a CA (usage 2), and nothing that the server sends matches. "
          "It sends {}; the next issuer, {}, is missing from the handshake.{} {} do not look in "
          "a store of their own: a CA that is pinned must be sent.",
          sent_cas(seen.chain), quoted(top.issuer()), pinned_cas(service), peers(service)),
      append + leaf_lines(service, seen.chain));
}

/// Of each refused chain's leaf, in the parameters that are published.
std::vector<Record> nearest_expectations(const Service& service) {
  std::vector<Record> all;
  for (const auto& chain : distinct_chains(service, true)) {
    const auto before = all.size();
    for (const auto& record : service.records) {
      if (!acts_as_ee(record) || record.matching_type == tlsa::MatchingType::full) continue;
      const auto right =
          tlsa::make_record(record.usage, record.selector, record.matching_type, chain.front());
      if (right) add_once(all, *right);
    }
    if (all.size() == before) add_once(all, leaf_record(chain));
  }
  return all;
}

std::string consequence(const Service& service) {
  const bool in_part = std::ranges::any_of(service.chains, [](const ChainCase& other) {
    return other.verification.verdict == verify::Verdict::authenticated;
  });
  if (!service.mail)
    return in_part ? "DANE clients that meet this certificate do not connect."
                   : "DANE clients do not connect.";
  if (in_part)
    return "DANE senders that meet this certificate do not deliver: mail waits in their queues "
           "until they meet another, or bounces.";
  return service.only_host
             ? "DANE senders do not deliver here: mail waits in their queues and bounces after "
               "some days."
             : "DANE senders do not deliver here, only to other hosts of the domain that they "
               "accept; without one, mail waits in their queues and bounces after some days.";
}

/// Is any record left over once the missing ones are published?
bool any_matches_nothing(const Service& service) {
  for (std::size_t i = 0; i < service.records.size(); ++i) {
    const bool used = std::ranges::any_of(service.chains, [&](const ChainCase& seen) {
      return i < seen.verification.fates.size() &&
             matches_in_place(service.records[i], seen.verification.fates[i]);
    });
    if (!used) return true;
  }
  return false;
}

std::string removal_words(const Service& service, std::string_view when) {
  if (!service.untested.empty())
    return fmt::format(
        " Remove none: {} could not be tested, and what matches nothing here may be needed there.",
        list(service.untested));
  return fmt::format(
      " When {}, remove those that match nothing, unless they stand for a key that comes next.",
      when);
}

/// The same for all refused chains, so that they are told together: half an answer would not help.
Finding no_match(const Service& service, const ChainCase& seen) {
  std::vector<Record> usable;
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    if (takes_part(seen.verification.fates[i])) usable.push_back(service.records.at(i));
  }
  const auto missing = additions(service);
  const auto expected = nearest_expectations(service);
  const bool one = missing.size() == 1;
  return make_critical(
      "tlsa-no-match", {"S46", "D22"},
      fmt::format("{}: {}. The server's {} would be {}. {}",
                  usable.size() == 1
                      ? "The usable TLSA record does not match what the server presents"
                      : "No usable TLSA record matches what the server presents",
                  show(usable), expected.size() == 1 ? "certificate" : "certificates",
                  show(expected), consequence(service)),
      fmt::format(
          "{} {}, beside the ones that stand there (senders see {} once their copy of the old "
          "records has expired).{}\n{}",
          service.owner.empty()
              ? "Publish"
              : "See first that the key shown is the one on your server: nobody vouches for the "
                "connection that it came over. Then publish",
          one ? "the record for the key in use" : "the records for the keys in use",
          one ? "it" : "them",
          any_matches_nothing(service) ? removal_words(service, one ? "it works" : "they work")
                                       : "",
          joining_lines(service, missing)));
}

Finding disagreement(const ChainCase& seen) {
  return make_finding(
      Severity::unknown, "verdict-disagreement", {"X12"}, {},
      fmt::format("OpenSSL's verdict and this program's own explanation differ, or OpenSSL failed "
                  "inside ({}; expected: {}). No verdict is given.",
                  seen.verification.error_name, seen.verification.prediction.because),
      "Check with another program (posttls-finger -l dane), and report this with the file that "
      "--save writes.");
}

}  // namespace

Findings diagnose(const Service& service, const ChainCase& seen) {
  switch (seen.verification.verdict) {
    case verify::Verdict::authenticated:
    case verify::Verdict::unusable:
      return {};
    case verify::Verdict::undetermined:
      return {disagreement(seen)};
    case verify::Verdict::refuted:
      break;
  }
  if (auto trap = agility_trap(service, seen)) return {*trap};
  if (auto faults = path_faults(service, seen); !faults.empty()) return faults;
  if (auto beside = ca_beside_path(service, seen)) return {*beside};
  if (auto leaf = ta_leaf(service, seen)) return {*leaf};
  if (auto unsent = ta_not_sent(service, seen)) return {*unsent};
  return {no_match(service, seen)};
}

}  // namespace dane::check
