#include <memory>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "dane/core/text.hpp"
#include "dane/postfix/trust.hpp"

#include "libdane/core/read_file.hpp"
#include "libdane/postfix/config_path.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {

namespace {

constexpr std::size_t max_blocks = 10000;

struct OpensslFree {
  void operator()(void* p) const { OPENSSL_free(p); }
};

struct Block {
  std::string label;
  Bytes octets;
};
struct Blocks {
  std::vector<Block> blocks;
  bool whole = false;  ///< the file ends where a block ends
};

/// OpenSSL's own reader: what it skips, and where it gives up, decides.
Blocks read_blocks(const Bytes& file) {
  const x509::ErrorMark quiet;
  const x509::BioPtr bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  Blocks out;
  while (out.blocks.size() < max_blocks) {
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long length = 0;
    if (PEM_read_bio(bio.get(), &name, &header, &data, &length) != 1) {
      out.whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      return out;
    }
    const std::unique_ptr<void, OpensslFree> name_owner(name), header_owner(header),
        data_owner(data);
    const auto* octets = reinterpret_cast<const std::byte*>(data);
    out.blocks.push_back({name, Bytes(octets, octets + length)});
  }
  return out;
}

/// Full(0) records: 2 for the issuer, 3 so that the anchor may be the leaf itself.  P32
void add_records(const Bytes& octets, tlsa::Selector selector, TrustAnchors& out) {
  using tlsa::CertificateUsage;
  for (const auto usage : {CertificateUsage::dane_ta, CertificateUsage::dane_ee}) {
    out.records.push_back({usage, selector, tlsa::MatchingType::full, octets});
  }
}

bool is_good_certificate(const Bytes& octets) {
  const x509::ErrorMark quiet;
  const auto* end = reinterpret_cast<const unsigned char*>(octets.data());
  const x509::X509Ptr x509(d2i_X509(nullptr, &end, static_cast<long>(octets.size())));
  return x509 && end == reinterpret_cast<const unsigned char*>(octets.data()) + octets.size();
}

bool is_good_key(const Bytes& octets) {
  const x509::ErrorMark quiet;
  const auto* end = reinterpret_cast<const unsigned char*>(octets.data());
  const x509::PkeyPtr key(d2i_PUBKEY(nullptr, &end, static_cast<long>(octets.size())));
  return key && end == reinterpret_cast<const unsigned char*>(octets.data()) + octets.size();
}

/// "No such file or directory" alone, as strerror() has it.
std::string reason_of(const Error& error) {
  const auto colon = error.what.rfind(": ");
  return colon == std::string::npos ? error.what : error.what.substr(colon + 2);
}

class Reader {
 public:
  Reader(TrustAnchors& out, bool decodes_at_once) : out_(out), decodes_at_once_(decodes_at_once) {}

  void read(const std::string& file, const std::filesystem::path& place) {
    if (std::filesystem::is_directory(place, none_)) {  // it opens, and then gives nothing to read
      out_.invalid = true;
      return;
    }
    if (is_special_file(place)) return leave_open(file, "it is a pipe, a socket or a device");
    const auto octets = read_to_end(place, x509::max_input_octets, default_deadline());
    if (!octets) {
      return refuse(fmt::format("error opening trust anchor file: {}: {}", printable(file),
                                reason_of(octets.error())));
    }
    if (octets->size() > x509::max_input_octets)
      return leave_open(file, "this program reads 4 MiB of it at most");
    const auto found = read_blocks(*octets);
    for (const auto& block : found.blocks) {
      if (!add(block, file)) return;
    }
    // Blocks of other kinds count: a file with a key alone is accepted, and trusts nothing.
    if (!found.whole || found.blocks.empty()) out_.invalid = true;
  }

 private:
  void leave_open(const std::string& file, std::string_view why) {
    out_.unknown = fmt::format("{} was not read: {}", printable(file), why);
    out_.invalid = true;
  }

  void refuse(std::string warning) {
    out_.warnings.push_back(std::move(warning));
    out_.invalid = true;
  }

  bool add(const Block& block, const std::string& file) {
    const bool certificate = block.label == PEM_STRING_X509 || block.label == PEM_STRING_X509_OLD;
    if (!certificate && block.label != PEM_STRING_PUBLIC) return true;
    const bool good = !decodes_at_once_ ||
                      (certificate ? is_good_certificate(block.octets) : is_good_key(block.octets));
    if (!good) {
      refuse(fmt::format("error reading: {}: malformed trust-anchor {}", printable(file),
                         certificate ? "certificate" : "public key"));
      return false;
    }
    add_records(block.octets, certificate ? tlsa::Selector::cert : tlsa::Selector::spki, out_);
    return true;
  }

  TrustAnchors& out_;
  bool decodes_at_once_;
  std::error_code none_;
};

}  // namespace

TrustAnchors load_trust_anchors(const std::vector<std::string>& files,
                                const std::filesystem::path& prefix, const Version& version) {
  TrustAnchors out;
  Reader reader(out, features_of(version).era == MatchEra::own);
  for (const auto& file : files) {
    if (file.empty()) continue;
    reader.read(file, below(prefix, file));
    if (out.invalid) break;
  }
  return out;
}

}  // namespace dane::postfix
