/// \file  Why one chain is refused.
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/known_cas.hpp"
#include "libdane/check/mistakes.hpp"
#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::Record;

Finding critical(std::string id, Rules rules, std::string text, std::string advice) {
  return make_finding(Severity::critical, std::move(id), std::move(rules), {}, std::move(text),
                      std::move(advice));
}

std::string peers(const Service& service) {
  return service.mail ? "DANE senders" : "DANE clients";
}

std::string publish_leaf(const Service& service, const ChainCase& seen) {
  return joining_lines(service, additional_records(service, seen.chain));
}

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
    return critical(
        "tlsa-agility-trap", {"O44", "O46"},
        fmt::format(
            "The record {} matches {}, but is ignored: {} {} 2 records (SHA-512) stand beside "
            "it, and clients that know SHA-512 use only those (digest algorithm agility, RFC "
            "7671 section 9). None of them matches.",
            show(record), describe(seen.chain, fate.matches.front()), "one or more", group),
        fmt::format(
            "Remove the {0} 2 records. They do not stand for the object in use; {0} 1 alone "
            "is enough.",
            group));
  }
  return std::nullopt;
}

std::string date_fault(const Service& service, const x509::Certificate& certificate) {
  if (service.at > certificate.not_after())
    return fmt::format("{} expired on {}", quoted(certificate.subject()),
                       format_rfc3339(certificate.not_after()));
  if (service.at < certificate.not_before())
    return fmt::format("{} is not valid before {}", quoted(certificate.subject()),
                       format_rfc3339(certificate.not_before()));
  return {};
}

std::string names_of(const x509::Certificate& leaf) {
  const auto& names = leaf.dns_names().empty() ? leaf.common_names() : leaf.dns_names();
  if (names.empty()) return "no name at all";
  std::vector<std::string> shown;
  for (const auto& name : names) shown.push_back(printable(name, 80));
  return list(shown, 8);
}

Finding name_mismatch(const Service& service, const ChainCase& seen, const Record* vouching) {
  const bool is_leaf = vouching != nullptr && acts_as_ee(*vouching);
  return critical(
      "tlsa-name-mismatch", {"S48", "S53"},
      fmt::format("{}. Looked for: {}. The certificate has: {}.",
                  is_leaf
                      ? "The TLSA record matches the server's certificate, but its name, which "
                        "--check-ee-names asks for, does not"
                      : "The TLSA record for the CA matches, but then the certificate must bear "
                        "the right name, and it does not",
                  list(service.references), names_of(seen.chain.front())),
      is_leaf ? fmt::format("Get a certificate for {}. RFC 7672 asks for no name with usage 3: "
                            "senders deliver all the same.",
                            service.references.front())
              : fmt::format("Get a certificate for {}, or publish a record for the server's key, "
                            "which needs no name:\n{}",
                            service.references.front(), publish_leaf(service, seen)));
}

Finding expired(const Service& service, const ChainCase& seen, std::vector<std::string> faults) {
  return critical(
      "certificate-expired", {"O13"},
      fmt::format("{}. For records with usage 2 (DANE-TA) the dates of every certificate up to the "
                  "CA count.",
                  list(faults)),
      fmt::format("Renew what is out of date and restart the server. Until then a record for the "
                  "server's key restores delivery, since dates do not count for usage 3:\n{}",
                  publish_leaf(service, seen)));
}

std::string remedy(verify::Refusal why) {
  switch (why) {
    case verify::Refusal::signature:
      return "Send the CA certificate that signed the server's: the one in the chain has its name, "
             "but not its key";
    case verify::Refusal::no_trusted_root:
      return "Send every certificate up to a CA that clients trust";
    case verify::Refusal::too_long:
      return "Send the certificates of one path only";
    default:
      // Neither order nor more certificates would help.
      return "Have the certificate issued by a CA whose certificates allow that";
  }
}

Finding invalid_chain(const Service& service, const ChainCase& seen, const Record* vouching) {
  const auto& verification = seen.verification;
  return critical(
      "chain-invalid", {"D3", "S43"},
      fmt::format("The TLSA record {} matches, but the path from the server's certificate to its "
                  "CA is not valid: {} ({}).",
                  vouching != nullptr ? show(*vouching) : "", verification.prediction.because,
                  verification.error_name),
      fmt::format("{}. Or publish a record for the server's key, which needs no CA:\n{}",
                  remedy(verification.prediction.refusal), publish_leaf(service, seen)));
}

/// What is out of date from the leaf up to the CA that the record names.  The dates of a CA that
/// another CA issued do not count.
std::vector<std::string> date_faults(const Service& service, const ChainCase& seen,
                                     const Record* vouching) {
  x509::Chain looked_at;
  for (const auto position : signature_path(seen.chain)) {
    const auto& certificate = seen.chain[position];
    const bool is_anchor = position > 0 && vouching != nullptr && matches(*vouching, certificate);
    if (!is_anchor || certificate.is_self_issued()) looked_at.push_back(certificate);
    if (is_anchor) break;
  }
  if (vouching != nullptr && vouching->selector == tlsa::Selector::cert &&
      vouching->matching_type == tlsa::MatchingType::full) {
    const auto anchor = x509::Certificate::decode_der(vouching->association_data);
    if (anchor && anchor->is_self_issued() &&
        std::ranges::find(looked_at, *anchor) == looked_at.end())
      looked_at.push_back(*anchor);
  }
  std::vector<std::string> faults;
  for (const auto& certificate : looked_at) {
    if (auto fault = date_fault(service, certificate); !fault.empty())
      faults.push_back(std::move(fault));
  }
  return faults;
}

/// A record names the leaf or a CA above it, and still the chain is refused.
Findings path_faults(const Service& service, const ChainCase& seen) {
  using verify::Refusal;
  const auto& prediction = seen.verification.prediction;
  if (prediction.refusal == Refusal::no_match || prediction.refusal == Refusal::none_usable)
    return {};
  const auto* const vouching =
      prediction.vouching ? &service.records.at(*prediction.vouching) : nullptr;

  Findings faults;
  const bool wrong_name = !seen.verification.name;
  if (wrong_name) faults.push_back(name_mismatch(service, seen, vouching));
  const bool is_leaf = vouching != nullptr && acts_as_ee(*vouching);
  auto dates = is_leaf ? std::vector<std::string>{} : date_faults(service, seen, vouching);
  if (prediction.refusal == Refusal::dates && dates.empty()) dates.push_back(prediction.because);
  const bool explained =
      prediction.refusal == Refusal::dates || (prediction.refusal == Refusal::name && wrong_name);
  if (!dates.empty()) faults.push_back(expired(service, seen, std::move(dates)));
  if (!explained) faults.push_back(invalid_chain(service, seen, vouching));
  return faults;
}

/// Why the path from the leaf ends where it does, and what would lead it on.
std::pair<std::string, std::string> path_end(const x509::Chain& chain) {
  const auto end = signature_path(chain).back();
  const auto& last = chain[end];
  if (last.is_self_issued())
    return {fmt::format("it leads to {} instead", describe(chain, end)),
            "Remove the record if that CA issues no more for this server"};
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (chain[i].subject() == last.issuer())
      return {fmt::format("{} has the name of its issuer, but not the key that signed {}",
                          describe(chain, i), describe(chain, end)),
              remedy(verify::Refusal::signature)};
  }
  return {
      fmt::format("the issuer {} of {} is missing", quoted(last.issuer()), describe(chain, end)),
      "Append the missing CA certificate to the server's chain file"};
}

/// The pinned CA is sent, but it is not on the leaf's path.
std::optional<Finding> ca_beside_path(const Service& service, const ChainCase& seen) {
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    const auto& fate = seen.verification.fates[i];
    const auto& record = service.records.at(i);
    if (!takes_part(fate) || !acts_as_ta(record) || !matches_in_place(record, fate)) continue;
    const auto [why, cure] = path_end(seen.chain);
    return critical(
        "chain-invalid", {"D3", "S43"},
        fmt::format(
            "The TLSA record {} matches {}, but the path from the server's certificate does "
            "not come to it: {} ({}).",
            show(record), describe(seen.chain, fate.matches.back()), why,
            seen.verification.error_name),
        fmt::format("{}. Or publish a record for the server's key, which needs no CA:\n{}", cure,
                    publish_leaf(service, seen)));
  }
  return std::nullopt;
}

std::optional<Finding> ta_leaf(const Service& service, const ChainCase& seen) {
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    const auto& fate = seen.verification.fates[i];
    const auto& record = service.records.at(i);
    if (!takes_part(fate) || !acts_as_ta(record)) continue;
    if (fate.matches != std::vector<std::size_t>{0}) continue;
    return critical(
        "tlsa-ta-leaf", {"D3", "O22"},
        fmt::format("The record {} says usage {} (a CA that issues), but matches the server's own "
                    "certificate. That is no issuer, so the record authenticates nothing.",
                    show(record), static_cast<int>(record.usage)),
        "Publish the server's key with usage 3, and remove that record when it works:\n" +
            publish_leaf(service, seen));
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
    if (!acts_as_ta(record) || !fate.matches.empty()) return false;
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
                "Append the pinned CA certificate (the missing issuer is {}) to the "
                "server's chain file. Or publish the server's key, which needs no CA:\n",
                quoted(top.issuer()));
  return critical(
      "tlsa-ta-not-sent", {"D14", "O14", "O18", "S41"},
      fmt::format(
          "The TLSA records name a CA (usage 2), and nothing that the server sends matches. "
          "It sends {}; the next issuer, {}, is missing from the handshake.{} {} do not look in "
          "a store of their own: a CA that is pinned must be sent.",
          sent_cas(seen.chain), quoted(top.issuer()), pinned_cas(service), peers(service)),
      append + publish_leaf(service, seen));
}

std::string nearest_expectation(const Service& service, const ChainCase& seen) {
  std::vector<Record> expected;
  for (const auto& record : service.records) {
    if (!acts_as_ee(record)) continue;
    auto right =
        tlsa::make_record(record.usage, record.selector, record.matching_type, seen.chain.front());
    if (right && record.matching_type != tlsa::MatchingType::full &&
        std::ranges::find(expected, *right) == expected.end())
      expected.push_back(std::move(*right));
  }
  return show(expected.empty() ? std::vector{leaf_record(seen.chain)} : expected);
}

Finding no_match(const Service& service, const ChainCase& seen) {
  std::vector<Record> usable;
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    if (takes_part(seen.verification.fates[i])) usable.push_back(service.records.at(i));
  }
  return critical(
      "tlsa-no-match", {"S46", "D22"},
      fmt::format("{}: {}. The server's certificate would be {}. {}",
                  usable.size() == 1
                      ? "The usable TLSA record does not match what the server presents"
                      : "No usable TLSA record matches what the server presents",
                  show(usable), nearest_expectation(service, seen),
                  service.mail ? "DANE senders do not deliver here: mail waits in their queues and "
                                 "bounces after some days."
                               : "DANE clients do not connect."),
      fmt::format(
          "Publish the record for the key in use, beside the ones that stand there (senders "
          "see it once their copy of the old records has expired). When it works, remove those "
          "that match nothing:\n{}",
          publish_leaf(service, seen)));
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
