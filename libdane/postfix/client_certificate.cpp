#include "libdane/postfix/client_certificate.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "dane/core/text.hpp"

#include "libdane/core/read_file.hpp"
#include "libdane/postfix/config_path.hpp"
#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/words.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {
namespace {

using Context = std::unique_ptr<SSL_CTX, x509::Deleter<SSL_CTX_free>>;

Context new_context() {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_default_passwd_cb(context.get(), no_pass_phrase);
  return context;
}

/// One block of a PEM file.
struct Block {
  std::string type;
  std::vector<unsigned char> der;
};

/// \return nothing where a block is broken; OpenSSL's queue says how.
std::optional<std::vector<Block>> blocks_of(const Bytes& octets) {
  const x509::BioPtr bio(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
  std::vector<Block> blocks;
  char *type = nullptr, *header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  ERR_clear_error();
  while (PEM_read_bio(bio.get(), &type, &header, &data, &size) == 1) {
    blocks.push_back({type, {data, data + size}});
    OPENSSL_free(type);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return std::nullopt;
  ERR_clear_error();
  return blocks;
}

bool is_certificate(const Block& block) {
  return block.type == PEM_STRING_X509 || block.type == PEM_STRING_X509_OLD;
}

/// NID_undef: any, in PKCS#8.  \return nothing: not a key.
std::optional<int> key_type(const Block& block) {
  if (block.type == PEM_STRING_PKCS8INF) return NID_undef;
  if (block.type == PEM_STRING_RSA) return EVP_PKEY_RSA;
  if (block.type == PEM_STRING_ECPRIVATEKEY) return EVP_PKEY_EC;
  if (block.type == PEM_STRING_DSA) return EVP_PKEY_DSA;
  return std::nullopt;
}

x509::PkeyPtr key_of(const Block& block, const unsigned char*& at) {
  const auto size = static_cast<long>(block.der.size());
  if (*key_type(block) != NID_undef)
    return x509::PkeyPtr(d2i_PrivateKey(*key_type(block), nullptr, &at, size));
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, x509::Deleter<PKCS8_PRIV_KEY_INFO_free>> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, size));
  return x509::PkeyPtr(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
}

/// Keys and certificates of one file, or of the chain files one behind the other.
class PemLoader {
 public:
  /// \param mixed  one file, with its key anywhere in it
  PemLoader(std::string origin, bool mixed) : origin_(std::move(origin)), mixed_(mixed) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::vector<std::string>& lines() { return lines_; }

  void add(const std::string& file, const Bytes& octets) {
    const auto blocks = blocks_of(octets);
    if (!blocks) return fail(true);
    int number = 0;
    for (const auto& block : *blocks) {
      ++number;
      if (is_certificate(block))
        add_certificate(block, file, number);
      else if (key_type(block))
        add_key(block, file, number);
      else if (!mixed_)
        warn(fmt::format("loading {}: ignoring PEM type: {}", file, block.type));
      if (failed_) return;
    }
  }

  void finish() {
    if (failed_) return;
    if (!key_ && !certificate_) return refuse("No PEM data in " + origin_);
    if (!certificate_)
      return refuse(fmt::format("No certs for key at index {} in {}", key_number_, key_file_));
    if (!key_) return refuse("No private key found in " + origin_);
    if (!use()) {
      warn(fmt::format("key at index {} in {} does not match next certificate", key_number_,
                       key_file_));
      fail(true);
    }
  }

 private:
  void warn(const std::string& text) { lines_.push_back(warning_line(as_logged(text))); }

  void fail(bool by_library) {
    failed_ = true;
    if (by_library)
      for (auto& line : library_problems()) lines_.push_back(std::move(line));
    warn(fmt::format("error loading private keys and certificates from: {}: disabling TLS support",
                     origin_));
  }

  void refuse(const std::string& text) {
    warn(text);
    fail(false);
  }

  void add_certificate(const Block& block, const std::string& file, int number) {
    if (!mixed_ && !key_)
      return refuse(fmt::format("error loading chain from {}: key not first", file));
    const auto* at = block.der.data();
    x509::X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(block.der.size())));
    const auto where =
        fmt::format("error loading certificate (PEM object number {}) from {}", number, file);
    if (!certificate) {
      warn(where);
      return fail(true);
    }
    if (at != block.der.data() + block.der.size()) return refuse(where + ": excess data");
    if (!certificate_) certificate_ = std::move(certificate);
  }

  void add_key(const Block& block, const std::string& file, int number) {
    const auto* at = block.der.data();
    auto key = key_of(block, at);
    if (key_ && mixed_)
      return warn(fmt::format("ignoring 2nd key at index {} in {} after 1st at {}", number, file,
                              key_number_));
    if (key_ && !certificate_)
      return refuse(fmt::format(
          "error loading certificate chain: key at index {} in {} not followed by a certificate",
          key_number_, key_file_));
    if (key_ && !use()) {
      warn(
          fmt::format("error loading certificate chain: key at index {} in {} does not match the "
                      "certificate",
                      key_number_, key_file_));
      return fail(true);
    }
    const auto where =
        fmt::format("error loading private key (PEM object number {}) from {}", number, file);
    if (!key) {
      warn(where);
      return fail(true);
    }
    if (at != block.der.data() + block.der.size()) return refuse(where + ": excess data");
    key_ = std::move(key);
    key_number_ = number;
    key_file_ = file;
  }

  bool use() {
    const bool fits =
        SSL_CTX_use_cert_and_key(context_.get(), certificate_.get(), key_.get(), nullptr, 0) == 1;
    certificate_.reset();
    key_.reset();
    return fits;
  }

  std::string origin_;
  bool mixed_;
  bool failed_ = false;
  Context context_ = new_context();
  x509::X509Ptr certificate_;  ///< of the key; those behind it change nothing
  x509::PkeyPtr key_;
  int key_number_ = 0;
  std::string key_file_;
  std::vector<std::string> lines_;
};

/// A kind of certificate and its two parameters.
struct Kind {
  std::string_view name;
  std::string_view parameter;
  std::string Settings::*certificate;
  std::string Settings::*key;
};
constexpr Kind kinds[] = {
    {"RSA", "smtp_tls_cert_file", &Settings::cert_file, &Settings::key_file},
    {"DSA", "smtp_tls_dcert_file", &Settings::dcert_file, &Settings::dkey_file},
    {"ECDSA", "smtp_tls_eccert_file", &Settings::eccert_file, &Settings::eckey_file},
};

class Client {
 public:
  Client(const Settings& settings, const std::filesystem::path& prefix)
      : settings_(settings), prefix_(prefix) {}

  ClientCertificates run() && {
    if (!settings_.chain_files.empty()) {
      load_chain_files();
    } else {
      for (const auto& kind : kinds)
        if (!(settings_.*kind.certificate).empty() && !out_.fault) load(kind);
    }
    return std::move(out_);
  }

 private:
  /// \return nothing: not there, or not to be read here.
  std::optional<Bytes> read(const std::string& file, std::string_view parameter) {
    const auto path = below(prefix_, file);
    std::error_code error;
    missing_ = !std::filesystem::exists(path, error) && !error;
    if (missing_) return std::nullopt;
    if (std::filesystem::is_directory(path, error)) return Bytes{};
    const bool special = is_special_file(path);
    auto octets = special ? Result<Bytes>(Bytes{})
                          : read_to_end(path, x509::max_input_octets, default_deadline());
    if (!special && octets && octets->size() <= x509::max_input_octets) return *octets;
    out_.not_loaded = ConfigProblem{"client-certificate-not-read",
                                    fmt::format("{} = {} was not read", parameter, printable(file)),
                                    {},
                                    0,
                                    "whether Postfix can load it is not known here",
                                    "run this program as root, as Postfix's master runs"};
    return std::nullopt;
  }

  static std::string not_there(const std::string& file) {
    return warning_line(
        as_logged(fmt::format("error opening chain file: {}: No such file or directory", file)));
  }

  /// A file that is missing ends the reading, and nothing else.
  void load_chain_files() {
    constexpr std::string_view parameter = "smtp_tls_chain_files";
    PemLoader loader(settings_.chain_files, false);
    const auto files = split_list(settings_.chain_files, false);
    for (const auto& file : files) {
      const auto octets = read(file, parameter);
      if (!octets) {
        if (missing_) loader.lines().push_back(not_there(file));
        out_.log_lines = std::move(loader.lines());
        return;
      }
      loader.add(file, *octets);
      if (loader.failed()) break;
    }
    if (files.empty()) return;
    loader.finish();
    take(loader, parameter, settings_.chain_files);
  }

  void load(const Kind& kind) {
    const auto &file = settings_.*kind.certificate, &key = settings_.*kind.key;
    if (features_of(settings_.version).servername && file == key)  // since 3.4, as the chain files
      return load_mixed(kind, file);
    load_apart(kind, file, key);
  }

  void load_mixed(const Kind& kind, const std::string& file) {
    const auto octets = read(file, kind.parameter);
    if (!octets) {
      if (missing_) give_up(kind.parameter, file, {not_there(file)});
      return;
    }
    PemLoader loader(file, true);
    loader.add(file, *octets);
    loader.finish();
    take(loader, kind.parameter, file);
  }

  void load_apart(const Kind& kind, const std::string& file, const std::string& key) {
    if (!read(file, kind.parameter) && !missing_) return;
    if (!read(key, kind.parameter) && !missing_) return;
    const auto context = new_context();
    const auto path = [&](const std::string& name) { return below(prefix_, name).string(); };
    ERR_clear_error();
    std::string words;
    if (SSL_CTX_use_certificate_chain_file(context.get(), path(file).c_str()) <= 0)
      words = fmt::format("cannot get {} certificate from file \"{}\": disabling TLS support",
                          kind.name, file);
    else if (SSL_CTX_use_PrivateKey_file(context.get(), path(key).c_str(), SSL_FILETYPE_PEM) <= 0)
      words = fmt::format("cannot get {} private key from file \"{}\": disabling TLS support",
                          kind.name, key);
    else if (SSL_CTX_check_private_key(context.get()) != 1)
      words =
          fmt::format("{} private key in {} does not match public key in {}: disabling TLS support",
                      kind.name, key, file);
    if (words.empty()) return;
    std::vector<std::string> lines{warning_line(as_logged(words))};
    auto more = library_problems();
    if (prefix_.empty())  // else OpenSSL would name another file
      lines.insert(lines.end(), more.begin(), more.end());
    if (!features_of(settings_.version).servername) lines.clear();
    give_up(kind.parameter, file, std::move(lines));
  }

  void take(PemLoader& loader, std::string_view parameter, const std::string& file) {
    if (loader.failed()) return give_up(parameter, file, std::move(loader.lines()));
    out_.log_lines.insert(out_.log_lines.end(), loader.lines().begin(), loader.lines().end());
  }

  void give_up(std::string_view parameter, const std::string& file,
               std::vector<std::string> lines) {
    ConfigProblem problem{
        "client-certificate-unusable",
        fmt::format("{} = {}, a certificate of this client, cannot be loaded", parameter,
                    printable(file)),
        {},
        0,
        "disabling TLS support",
        fmt::format("correct {}, or leave it empty: a client needs no certificate", parameter)};
    if (!lines.empty()) {
      constexpr std::string_view prefix = "warning: ";
      problem.what += fmt::format(": {}", lines.front().starts_with(prefix)
                                              ? lines.front().substr(prefix.size())
                                              : lines.front());
    }
    out_.fault = EngineFault{std::move(problem), std::move(lines)};
  }

  const Settings& settings_;
  const std::filesystem::path& prefix_;
  bool missing_ = false;
  ClientCertificates out_;
};

}  // namespace

ClientCertificates load_client_certificates(const Settings& settings,
                                            const std::filesystem::path& prefix) {
  const x509::ErrorMark quiet;
  return Client(settings, prefix).run();
}

}  // namespace dane::postfix
