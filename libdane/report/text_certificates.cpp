#include <algorithm>

#include <fmt/format.h>

#include "libdane/report/phrases.hpp"
#include "libdane/report/text_tree.hpp"

namespace dane::report {

namespace {
constexpr std::size_t text_column = 9;

struct Shared {
  const ChainRow* chain;
  std::vector<std::string> places;  // "RSA at 192.0.2.1"
};

bool same_certificates(const ChainRow& a, const ChainRow& b) {
  return std::equal(a.certificates.begin(), a.certificates.end(), b.certificates.begin(),
                    b.certificates.end(), [](const CertificateRow& x, const CertificateRow& y) {
                      return x.cert_sha256 == y.cert_sha256;
                    });
}

std::vector<Shared> group(const std::vector<ChainRow>& chains) {
  std::vector<Shared> groups;
  for (const auto& chain : chains) {
    if (chain.certificates.empty()) continue;
    const auto known = std::find_if(groups.begin(), groups.end(), [&](const Shared& shared) {
      return same_certificates(*shared.chain, chain);
    });
    const auto place = chain.address.empty() ? chain.source : chain.address;
    if (known == groups.end()) {
      groups.push_back({&chain, {place}});
    } else if (std::find(known->places.begin(), known->places.end(), place) ==
               known->places.end()) {
      known->places.push_back(place);
    }
  }
  return groups;
}

std::string places_text(const Shared& shared, bool all) {
  constexpr std::size_t few = 3;
  auto places = shared.places;
  if (!all && places.size() > few) {
    const auto more = places.size() - few;
    places.resize(few);
    return fmt::format("{} and {} more", join(places, ", "), more);
  }
  return join(places, ", ");
}

std::string day(TimePoint t) {
  return format_rfc3339(t).substr(0, 10);
}

void put_validity(Writer& out, const CertificateRow& row, TimePoint at) {
  if (at < row.not_before) {
    out.put("NOT VALID before " + day(row.not_before), Style::attention);
  } else if (at > row.not_after) {
    out.put("EXPIRED " + day(row.not_after), Style::attention);
  } else {
    out.put("until " + day(row.not_after) + ", " + format_duration(row.not_after - at));
  }
}

void write_certificate(Writer& out, const std::vector<CertificateRow>& chain, std::size_t position,
                       TimePoint at, bool verbose) {
  const auto& row = chain[position];
  out.to_column(row_column).cell(std::to_string(position), text_column - row_column);
  out.wrapped(row.subject.empty() ? "(empty subject)" : row.subject, text_column).put("  ");
  if (!row.key.empty()) out.wrapped(row.key + ",", text_column).put(" ");
  put_validity(out, row, at);
  out.end_line();
  // Compactly, the issuer is the next line's subject; what breaks that chain is worth a line.
  const bool next_is_issuer =
      position + 1 < chain.size() && chain[position + 1].subject == row.issuer;
  if (verbose || !next_is_issuer) {
    const bool self = row.issuer == row.subject;
    out.to_column(text_column).put(self ? "self-issued" : "issued by ");
    if (!self) out.wrapped(row.issuer, text_column + 2);
    out.end_line();
  }
  if (!verbose) return;
  out.to_column(text_column).put("valid from " + day(row.not_before)).end_line();
  if (!row.dns_names.empty()) {
    out.to_column(text_column);
    out.wrapped("names " + join(row.dns_names, ", "), text_column + 2).end_line();
  }
  out.to_column(text_column).put("certificate SHA-256 " + row.cert_sha256).end_line();
  out.to_column(text_column).put("key SHA-256         " + row.spki_sha256).end_line();
}
}  // namespace

void write_certificates(Writer& out, const Subject& subject, TimePoint at,
                        const RenderOptions& options) {
  const bool verbose = options.verbosity > 0;
  for (const auto& shared : group(subject.chains)) {
    const auto places = places_text(shared, verbose);
    out.to_column(block_column).put("Certificates");
    if (!shared.chain->key_type.empty()) out.put(" (" + shared.chain->key_type + ")");
    if (!places.empty()) out.put(" of ").wrapped(places, row_column);
    out.end_line();
    for (std::size_t i = 0; i < shared.chain->certificates.size(); ++i) {
      write_certificate(out, shared.chain->certificates, i, at, verbose);
    }
  }
}

}  // namespace dane::report
