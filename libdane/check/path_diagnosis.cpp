#include "libdane/check/path_diagnosis.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/check/recommend.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::Record;

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
  return make_critical(
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
                            service.references.front(), leaf_lines(service, seen.chain)));
}

Finding expired(const Service& service, const ChainCase& seen, std::vector<std::string> faults) {
  return make_critical(
      "certificate-expired", {"O13"},
      fmt::format("{}. For records with usage 2 (DANE-TA) the dates of every certificate up to the "
                  "CA count.",
                  list(faults)),
      fmt::format("Renew what is out of date and restart the server. Until then a record for the "
                  "server's key restores delivery, since dates do not count for usage 3:\n{}",
                  leaf_lines(service, seen.chain)));
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
  return make_critical(
      "chain-invalid", {"D3", "S43"},
      fmt::format("The TLSA record {} matches, but the path from the server's certificate to its "
                  "CA is not valid: {} ({}).",
                  vouching != nullptr ? show(*vouching) : "", verification.prediction.because,
                  verification.error_name),
      fmt::format("{}. Or publish a record for the server's key, which needs no CA:\n{}",
                  remedy(verification.prediction.refusal), leaf_lines(service, seen.chain)));
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

}  // namespace

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

std::optional<Finding> ca_beside_path(const Service& service, const ChainCase& seen) {
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    const auto& fate = seen.verification.fates[i];
    const auto& record = service.records.at(i);
    if (!takes_part(fate) || !acts_as_ta(record) || !matches_in_place(record, fate)) continue;
    const auto [why, cure] = path_end(seen.chain);
    return make_critical(
        "chain-invalid", {"D3", "S43"},
        fmt::format(
            "The TLSA record {} matches {}, but the path from the server's certificate does "
            "not come to it: {} ({}).",
            show(record), describe(seen.chain, fate.matches.back()), why,
            seen.verification.error_name),
        fmt::format("{}. Or publish a record for the server's key, which needs no CA:\n{}", cure,
                    leaf_lines(service, seen.chain)));
  }
  return std::nullopt;
}

}  // namespace dane::check
