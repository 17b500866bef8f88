#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "libdane/core/read_file.hpp"
#include "libdane/dns/ldns_handle.hpp"
#include "libdane/dns/makes.hpp"

namespace dane::dns {
namespace {

constexpr std::size_t kMaxFile = 1 << 20;
constexpr std::chrono::seconds kMaxWait{5};  // for the writer of a FIFO
constexpr std::size_t kMaxAnchors = 64;
constexpr const char* kRemedy =
    "name a file with the root's DNSKEY or DS records; Debian's dns-root-data has "
    "/usr/share/dns/root.key";

tl::unexpected<Error> invalid(std::string what, std::string where) {
  return fail("trust-anchor-invalid", std::move(what), std::move(where), kRemedy);
}

Result<std::string> read_bounded(const std::filesystem::path& file) {
  const auto octets = read_to_end(file, kMaxFile, std::chrono::steady_clock::now() + kMaxWait);
  if (!octets)
    return fail("trust-anchor-unreadable", "the trust anchor file cannot be read", file.string(),
                kRemedy);
  if (octets->size() > kMaxFile)
    return invalid("the trust anchor file is larger than 1 MiB", file.string());
  std::string text = to_octets(*octets);
  if (text.find('\0') != std::string::npos)
    return invalid("the trust anchor file is no text", file.string());
  return text;
}

struct FileClose {
  void operator()(std::FILE* f) const { std::fclose(f); }
};

std::string presentation(const ldns_rr* rr) {
  char* text = ldns_rr2str_fmt(ldns_output_format_nocomments, rr);
  std::string out = text != nullptr ? text : "";
  std::free(text);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

/// A DNSKEY anchors a zone only with the Zone Key flag and unrevoked.  RFC 4034 2.1.1, RFC 5011.
bool anchors(const ldns_rr* rr) {
  if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN) return false;
  if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DS) return true;
  if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_DNSKEY) return false;
  const unsigned flags = ldns_rdf2native_int16(ldns_rr_dnskey_flags(rr));
  return (flags & LDNS_KEY_ZONE_KEY) != 0 && (flags & LDNS_KEY_REVOKE_KEY) == 0;
}

}  // namespace

Result<TrustAnchors> read_trust_anchors(const std::filesystem::path& file) {
  const auto text = read_bounded(file);
  if (!text) return tl::unexpected(text.error());
  TrustAnchors out;
  int line = 1;
  // fmemopen refuses a buffer of length zero.
  std::string buffer = *text + "\n";
  const std::unique_ptr<std::FILE, FileClose> in(fmemopen(buffer.data(), buffer.size(), "r"));
  if (!in) return fail("trust-anchor-unreadable", "out of memory", file.string());
  while (std::feof(in.get()) == 0) {
    ldns_rr* raw = nullptr;
    const int at = line;
    std::uint32_t ttl = 3600;
    const ldns_status status = ldns_rr_new_frm_fp_l(&raw, in.get(), &ttl, nullptr, nullptr, &line);
    const LdnsRecord record(status == LDNS_STATUS_OK ? raw : nullptr);
    if (status == LDNS_STATUS_SYNTAX_EMPTY || status == LDNS_STATUS_SYNTAX_TTL ||
        status == LDNS_STATUS_SYNTAX_ORIGIN)
      continue;
    if (status != LDNS_STATUS_OK)
      return invalid(fmt::format("no DNS record: {}", ldns_get_errorstr_by_id(status)),
                     fmt::format("{}:{}", file.string(), at));
    if (ldns_rr_get_type(record.get()) == 0)  // ldns takes a bare word for an owner name
      return invalid("no DNS record", fmt::format("{}:{}", file.string(), at));
    if (anchors(record.get())) out.push_back(presentation(record.get()));
    if (out.size() > kMaxAnchors) return invalid("more than 64 trust anchors", file.string());
  }
  if (out.empty())
    return invalid("the trust anchor file holds no DNSKEY or DS record", file.string());
  return out;
}

}  // namespace dane::dns
