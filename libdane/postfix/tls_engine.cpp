#include "libdane/postfix/tls_engine.hpp"

#include <memory>

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "dane/core/text.hpp"

#include "libdane/postfix/config_path.hpp"
#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/words.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {
namespace {

/// A known name may be of a digest that no provider has: md4.
bool can_digest(const std::string& name) {
  const EVP_MD* const digest = EVP_get_digestbyname(name.c_str());
  const std::unique_ptr<EVP_MD_CTX, x509::Deleter<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  return digest != nullptr && context && EVP_DigestInit_ex(context.get(), digest, nullptr) == 1;
}

bool is_known_curve(const std::string& name) {
  return EC_curve_nist2nid(name.c_str()) != NID_undef || OBJ_sn2nid(name.c_str()) != NID_undef ||
         OBJ_ln2nid(name.c_str()) != NID_undef;
}

}  // namespace

std::vector<std::string> library_problems() {
  constexpr std::size_t most = 20;
  std::vector<std::string> lines;
  const char *file = nullptr, *function = nullptr, *data = nullptr;
  int line = 0, flags = 0;
  while (const auto code = ERR_get_error_all(&file, &line, &function, &data, &flags)) {
    char text[1024] = {};
    ERR_error_string_n(code, text, sizeof text);
    const bool has_text = (flags & ERR_TXT_STRING) != 0 && *data != 0;
    if (lines.size() < most)
      lines.push_back(
          warning_line(as_logged(fmt::format("TLS library problem: {}:{}:{}:{}", text, file, line,
                                             has_text ? std::string(data) + ":" : std::string()))));
  }
  return lines;
}

std::optional<EngineFault> digest_fault(const Settings& settings) {
  const x509::ErrorMark quiet;
  const auto& name = settings.fingerprint_digest;
  if (name.empty() || can_digest(name)) return std::nullopt;
  const auto words = fmt::format("Digest algorithm \"{}\" not found", as_logged(name));
  const bool one_line = features_of(settings.version).era == MatchEra::own;
  EngineFault fault;
  fault.problem = {"digest-unknown",
                   fmt::format("smtp_tls_fingerprint_digest = {} is no digest that OpenSSL has",
                               printable(name, 64)),
                   {},
                   0,
                   words + ": disabling TLS support",
                   "set smtp_tls_fingerprint_digest = sha256"};
  if (one_line)
    fault.log_lines = {warning_line(words + ": disabling TLS support")};
  else
    fault.log_lines = {warning_line(words), warning_line("disabling TLS support")};
  return fault;
}

std::string cannot_load_cas(const Settings& settings) {
  const auto quoted = [](std::string_view name, const std::string& value) {
    return value.empty() ? std::string() : fmt::format("{}=\"{}\"", name, printable(value));
  };
  const auto file = quoted("CAfile", settings.ca_file), path = quoted("CApath", settings.ca_path);
  return fmt::format("cannot load Certification Authority data, {}{}{}: disabling TLS support",
                     file, file.empty() || path.empty() ? "" : ", ", path);
}

std::vector<std::string> ca_log_lines(const Settings& settings, const std::filesystem::path& file,
                                      const std::filesystem::path& prefix) {
  std::vector<std::string> lines{cannot_load_cas(settings)};
  if (!prefix.empty()) return lines;  // OpenSSL would name another file
  ERR_clear_error();
  const std::unique_ptr<X509_STORE, x509::Deleter<X509_STORE_free>> store(X509_STORE_new());
  if (X509_STORE_load_file(store.get(), file.c_str()) == 1) ERR_clear_error();
  for (auto& line : library_problems()) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> curve_warnings(const Settings& settings) {
  const auto* const what =
      features_of(settings.version).key_exchange_groups ? "key exchange group" : "ECDHE curve";
  const x509::ErrorMark quiet;
  std::vector<std::string> lines;
  for (const auto& name : split_list(settings.eecdh_curves, false))
    if (!is_known_curve(name))
      lines.push_back(
          warning_line(fmt::format("ignoring unknown {} \"{}\"", what, as_logged(name))));
  return lines;
}

}  // namespace dane::postfix
