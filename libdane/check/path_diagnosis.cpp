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

/// The first is an ASCII letter.
std::string with_capital(std::string sentence) {
  if (!sentence.empty()) sentence.front() = static_cast<char>(sentence.front() & ~0x20);
  return sentence;
}

std::string names_of(const x509::Certificate& leaf) {
  const auto& names = leaf.dns_names().empty() ? leaf.common_names() : leaf.dns_names();
  if (names.empty()) return "no name at all";
  std::vector<std::string> shown;
  for (const auto& name : names) shown.push_back(printable(name, 80));
  return list(shown, 8);
}

/// Whose dates count, whose name does: what a usage asks of the path beside the match.
struct UsageWords {
  Rules rules;
  std::string_view path;  ///< how far dates count
};
UsageWords usage_words(const Record& record) {
  switch (record.usage) {
    case tlsa::CertificateUsage::pkix_ta:
      return {{"D1", "O24"}, "usage 0 (PKIX-TA) the dates of every certificate up to the root"};
    case tlsa::CertificateUsage::pkix_ee:
      return {{"D2", "O23"}, "usage 1 (PKIX-EE) the dates of every certificate up to the root"};
    default:
      return {{"O13"}, "usage 2 (DANE-TA) the dates of every certificate up to the CA"};
  }
}

Finding ee_name_mismatch(const Service& service, const ChainCase& seen) {
  return make_critical(
      "tlsa-name-mismatch", {"O9", "S53"},
      fmt::format("The TLSA record matches the server's certificate, but its name, which "
                  "--check-ee-names asks for, does not. Looked for: {}. The certificate has: {}.",
                  list(service.references), names_of(seen.chain.front())),
      fmt::format("Get a certificate for {}. RFC 7671 asks for no name with usage 3: {} without "
                  "that option accept it all the same.",
                  service.references.front(), peers(service)));
}

Finding name_mismatch(const Service& service, const ChainCase& seen, const Record& vouching) {
  if (vouching.usage == tlsa::CertificateUsage::dane_ee) return ee_name_mismatch(service, seen);
  const bool is_leaf = acts_as_ee(vouching);
  return make_critical(
      "tlsa-name-mismatch", is_leaf ? Rules{"O23", "S53"} : Rules{"S48", "S53"},
      fmt::format("{}. Looked for: {}. The certificate has: {}.",
                  is_leaf ? "The TLSA record matches the server's certificate, but with usage 1 "
                            "the certificate must bear the right name, and it does not"
                          : "The TLSA record for the CA matches, but then the certificate must "
                            "bear the right name, and it does not",
                  list(service.references), names_of(seen.chain.front())),
      fmt::format("Get a certificate for {}, or publish a record for the server's key with usage "
                  "3, which needs no name:\n{}",
                  service.references.front(), leaf_lines(service, seen.chain)));
}

std::string_view date_remedy(const Service& service, const ChainCase& seen) {
  const bool early = std::ranges::any_of(
      seen.verification.prediction.path,
      [&](const verify::PathStep& step) { return service.at < step.certificate.not_before(); });
  return early
             ? "Check the clock, here and where the certificate was made; wait, or put the former "
               "certificate back."
             : "Renew the server's certificate if it is out of date, of a CA fetch the present "
               "certificate, and restart the server.";
}

Finding expired(const Service& service, const ChainCase& seen, const Record& vouching,
                std::vector<std::string> faults) {
  auto [rules, words] = usage_words(vouching);
  return make_critical(
      "certificate-expired", std::move(rules),
      fmt::format("{}. For records with {} count.", list(faults), words),
      fmt::format("{} Until then a record for the server's key restores {}, since dates do not "
                  "count for usage 3:\n{}",
                  date_remedy(service, seen), service.mail ? "delivery" : "access",
                  leaf_lines(service, seen.chain)));
}

/// The first step of the path at which the issuer's name fits and its key does not.
struct BadLink {
  x509::Certificate child;
  std::optional<std::size_t> taken;  ///< in the chain; nothing: a trusted certificate
  std::optional<std::size_t> real;   ///< in the chain: of the same name, and it did sign
};
std::optional<BadLink> find_bad_link(const ChainCase& seen) {
  const auto& path = seen.verification.prediction.path;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const auto& child = path[i - 1].certificate;
    if (child.is_signed_by(path[i].certificate)) continue;
    BadLink link{child, path[i].position, std::nullopt};
    for (std::size_t real = 1; real < seen.chain.size() && !link.real; ++real) {
      if (seen.chain[real].subject() == child.issuer() && child.is_signed_by(seen.chain[real]))
        link.real = real;
    }
    return link;
  }
  return std::nullopt;
}

/// "certificate 1 of the chain": where two have one name, the position tells them apart.
std::string at_position(std::size_t position) {
  return fmt::format("certificate {} of the chain", position);
}

/// Like a sentence that goes on: no full stop.
std::string signature_remedy(const Service& service, const ChainCase& seen,
                             const Record* vouching) {
  const auto link = find_bad_link(seen);
  if (!link) return "Send the CA certificate that signed the server's";
  if (!link->taken)
    return fmt::format(
        "A trusted CA has the name of the issuer of {}, but another key: trust the "
        "one that signed",
        quoted(link->child.subject()));
  if (!link->real)
    return fmt::format("Send the CA certificate that signed {}: {} has its name, but not its key",
                       quoted(link->child.subject()), at_position(*link->taken));
  const auto taken = at_position(*link->taken), real = at_position(*link->real);
  if (!date_fault(service, seen.chain[*link->real]).empty())
    return fmt::format(
        "Clients take {}, which has the name but not the key, since {}, which "
        "signed, is out of date: put the CA's present certificate in the place of "
        "both",
        taken, real);
  if (vouching != nullptr && matches(*vouching, seen.chain[*link->taken]))
    return fmt::format(
        "The record is for the wrong one of two CAs of the same name ({}): {} is "
        "the one that signed. Take {} out of the server's chain file and replace "
        "the record",
        quoted(seen.chain[*link->real].subject()), real, taken);
  return fmt::format(
      "Take {} out of the server's chain file: it has the name of {}, which signed, "
      "but another key, and clients take the first of that name",
      taken, real);
}

std::string remedy(const Service& service, const ChainCase& seen, const Record* vouching) {
  const auto& prediction = seen.verification.prediction;
  switch (prediction.refusal) {
    case verify::Refusal::signature:
      return signature_remedy(service, seen, vouching);
    case verify::Refusal::no_trusted_root:
      return prediction.path.back().certificate.is_self_issued()
                 ? "Get a certificate from a CA that clients trust: usages 0 and 1 ask for one"
                 : "Send every certificate up to a CA that clients trust";
    case verify::Refusal::too_long:
      return "Send the certificates of one path only";
    default:
      // Neither order nor more certificates would help.
      return "Have the certificate issued anew so that its extensions and its CA's allow that "
             "(purpose serverAuth, path length, name constraints)";
  }
}

Finding invalid_chain(const Service& service, const ChainCase& seen, const Record* vouching) {
  const auto& verification = seen.verification;
  const auto what =
      vouching == nullptr
          ? std::string("The path from the server's certificate cannot be followed")
          : fmt::format(
                "The TLSA record {} matches, but the path from the server's certificate to "
                "its CA is not valid",
                show(*vouching));
  return make_critical(
      "chain-invalid", {"D3", "S43"},
      fmt::format("{}: {} ({}).", what, verification.prediction.because, verification.error_name),
      fmt::format("{}. Or publish a record for the server's key, which needs no CA:\n{}",
                  remedy(service, seen, vouching), leaf_lines(service, seen.chain)));
}

Finding too_weak(const Service& service, const ChainCase& seen, const Record* vouching) {
  const auto& what = seen.verification.prediction.because;
  constexpr std::string_view who =
      "Postfix, and what else authenticates at OpenSSL's security level 1 or higher, refuses RSA "
      "keys below 1024 bits and signatures with SHA-1";
  if (vouching == nullptr)
    return make_critical(
        "certificate-weak", {"D21"},
        fmt::format("{} ({}). {}, whatever the TLSA records say.", with_capital(what),
                    seen.verification.error_name, who),
        "Make a new key (RSA with 2048 bits or more, or P-256), publish its record beside the "
        "present ones, wait two TTLs, and take the key into use. Until then no record helps.");
  return make_critical(
      "certificate-weak", {"D21"},
      fmt::format("The TLSA record {} matches, but {} ({}). {}.", show(*vouching), what,
                  seen.verification.error_name, who),
      fmt::format("Have the certificate issued anew: keys of RSA 2048 bits or more or P-256 up to "
                  "the CA, signatures with SHA-256. Or publish a record for the server's key, "
                  "which needs no CA:\n{}",
                  leaf_lines(service, seen.chain)));
}

/// What is out of date from the leaf up to the anchor.  The dates of a CA that a record names and
/// another CA issued do not count.
std::vector<std::string> date_faults(const Service& service, const ChainCase& seen,
                                     const Record& vouching) {
  const auto& path = seen.verification.prediction.path;
  std::vector<std::string> faults;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto& certificate = path[i].certificate;
    const bool is_anchor = i > 0 && i + 1 == path.size() && matches(vouching, certificate);
    if (is_anchor && !certificate.is_self_issued()) continue;
    if (auto fault = date_fault(service, certificate); !fault.empty())
      faults.push_back(std::move(fault));
  }
  return faults;
}

/// Why the path from the leaf ends where it does, and what would lead it on.
std::pair<std::string, std::string> path_end(const Service& service, const ChainCase& seen) {
  const auto& chain = seen.chain;
  if (const auto link = find_bad_link(seen); link && link->taken && link->real)
    return {fmt::format("clients take {} for the issuer, whose name it has, but {} is the one that "
                        "signed",
                        at_position(*link->taken), at_position(*link->real)),
            signature_remedy(service, seen, nullptr)};
  const auto end = signature_path(chain).back();
  const auto& last = chain[end];
  if (last.is_self_issued())
    return {fmt::format("it leads to {} instead", describe(chain, end)),
            "Remove the record if that CA issues no more for this server"};
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (chain[i].subject() == last.issuer())
      return {fmt::format("{} has the name of its issuer, but not the key that signed {}",
                          describe(chain, i), describe(chain, end)),
              signature_remedy(service, seen, nullptr)};
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
  const bool wrong_name = vouching != nullptr && !seen.verification.name;
  if (wrong_name) faults.push_back(name_mismatch(service, seen, *vouching));
  std::vector<std::string> dates;
  if (vouching != nullptr && vouching->usage != tlsa::CertificateUsage::dane_ee)
    dates = date_faults(service, seen, *vouching);
  if (prediction.refusal == Refusal::dates && dates.empty()) dates.push_back(prediction.because);
  const bool weak = prediction.refusal == Refusal::strength;
  if (weak) faults.push_back(too_weak(service, seen, vouching));
  const bool explained = weak || prediction.refusal == Refusal::dates ||
                         (prediction.refusal == Refusal::name && wrong_name);
  if (vouching != nullptr && !dates.empty())
    faults.push_back(expired(service, seen, *vouching, std::move(dates)));
  if (!explained) faults.push_back(invalid_chain(service, seen, vouching));
  return faults;
}

std::optional<Finding> ca_beside_path(const Service& service, const ChainCase& seen) {
  for (std::size_t i = 0; i < seen.verification.fates.size(); ++i) {
    const auto& fate = seen.verification.fates[i];
    const auto& record = service.records.at(i);
    if (!takes_part(fate) || !acts_as_ta(record) || !matches_in_place(record, fate)) continue;
    const auto [why, cure] = path_end(service, seen);
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
