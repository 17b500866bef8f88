#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "dane/core/text.hpp"
#include "dane/postfix/trust.hpp"

#include "libdane/core/read_file.hpp"
#include "libdane/postfix/client_certificate.hpp"
#include "libdane/postfix/config_path.hpp"
#include "libdane/postfix/tls_engine.hpp"
#include "libdane/postfix/words.hpp"
#include "libdane/x509/openssl_access.hpp"

namespace dane::postfix {

namespace {

constexpr std::size_t max_certificates = 10000;
constexpr std::size_t max_folder_entries = 100000;

using InfoStack = STACK_OF(X509_INFO);
struct InfoStackDeleter {
  void operator()(InfoStack* stack) const { sk_X509_INFO_pop_free(stack, X509_INFO_free); }
};

/// Certificates of a PEM file, and whether OpenSSL would call the file good: at least one
/// certificate or CRL in it, and each block whole.
struct PemFile {
  x509::Chain certificates;
  std::string fault;       ///< empty: good
  bool only_here = false;  ///< OpenSSL itself may well read it
};

PemFile read_pem(const std::filesystem::path& file) {
  if (is_special_file(file)) return {{}, "it is a pipe, a socket or a device", true};
  const auto octets = read_to_end(file, x509::max_input_octets, default_deadline());
  if (!octets) return {{}, octets.error().what, octets.error().code != "file-unreadable"};
  if (octets->size() > x509::max_input_octets)
    return {{}, "this program reads 4 MiB of it at most", true};
  const x509::ErrorMark quiet;
  const x509::BioPtr bio(BIO_new_mem_buf(octets->data(), static_cast<int>(octets->size())));
  const std::unique_ptr<InfoStack, InfoStackDeleter> infos(
      PEM_X509_INFO_read_bio(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!infos) return {{}, "a certificate in it does not decode: " + x509::ErrorMark::reason()};
  std::size_t found = 0;
  const x509::X509StackPtr stack(sk_X509_new_null());
  for (int i = 0; i < sk_X509_INFO_num(infos.get()); ++i) {
    X509_INFO* const info = sk_X509_INFO_value(infos.get(), i);
    if (info->x509 != nullptr || info->crl != nullptr) ++found;
    if (info->x509 == nullptr) continue;
    if (sk_X509_push(stack.get(), info->x509) == 0) throw std::bad_alloc();
    X509_up_ref(info->x509);
  }
  if (found == 0) return {{}, "there is no PEM certificate in it"};
  if (found > max_certificates)
    return {{}, "this program reads 10000 certificates of it at most", true};
  return {x509::from_stack(stack.get()), {}};
}

/// "4a6481c9.0": the hash of a subject and a number.
bool is_hashed_name(std::string_view name) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return name.size() > 9 && name.size() < 16 && name[8] == '.' &&
         std::all_of(name.begin(), name.begin() + 8, is_hex) &&
         std::all_of(name.begin() + 9, name.end(), is_digit);
}

/// Hashes of the folder, whatever numbers they come with.
std::set<std::string> hashes_in(const std::filesystem::path& folder, std::error_code& error) {
  std::set<std::string> hashes;
  std::size_t entries = 0;
  for (std::filesystem::directory_iterator it(folder, error), end;
       !error && it != end && ++entries < max_folder_entries; it.increment(error)) {
    const auto name = it->path().filename().string();
    if (is_hashed_name(name)) hashes.insert(name.substr(0, 8));
  }
  return hashes;
}

std::string subject_hash(const x509::Certificate& certificate) {
  return fmt::format("{:08x}", X509_subject_name_hash(x509::native(certificate)) & 0xFFFFFFFFUL);
}

class Loader {
 public:
  void add(const x509::Certificate& certificate) {
    if (out_.trusted.size() >= max_certificates) return;
    if (seen_.insert(certificate.cert_sha256()).second) out_.trusted.push_back(certificate);
  }

  /// As OpenSSL looks an issuer up: by its subject's hash, `.0`, `.1`, ... as far as there are.
  std::error_code add_folder(const std::filesystem::path& folder) {
    std::error_code error;
    for (const auto& hash : hashes_in(folder, error)) {
      for (int number = 0;; ++number) {
        const auto file = folder / fmt::format("{}.{}", hash, number);
        std::error_code missing;
        if (!std::filesystem::exists(file, missing)) break;
        for (const auto& certificate : read_pem(file).certificates) {
          if (subject_hash(certificate) == hash) add(certificate);
        }
      }
    }
    return error;
  }

  PemFile add_file(const std::filesystem::path& file) {
    auto read = read_pem(file);
    for (const auto& certificate : read.certificates) add(certificate);
    return read;
  }

  void problem(std::string code, std::string what, std::string effect, std::string remedy) {
    const bool fatal = out_.unusable;
    out_.problems.push_back(
        {std::move(code), std::move(what), {}, 0, std::move(effect), std::move(remedy), fatal});
  }
  /// Postfix goes on without TLS.
  void give_up(EngineFault fault) {
    out_ = {};
    out_.unusable = true;
    fault.problem.fatal = true;
    out_.problems.push_back(std::move(fault.problem));
    out_.log_lines = std::move(fault.log_lines);
  }
  /// What Postfix finds there is not known.
  void leave_open(ConfigProblem problem) {
    out_.unknown = true;
    out_.problems.push_back(std::move(problem));
  }
  CaCertificates& result() { return out_; }

 private:
  CaCertificates out_;
  std::set<std::string> seen_;
};

void warn_of_relative_path(Loader& loader, std::string_view parameter, const std::string& path) {
  if (std::filesystem::path(path).is_absolute()) return;
  loader.problem("relative-path",
                 fmt::format("{} = {} is no absolute path", parameter, printable(path)),
                 "Postfix looks for it below its queue directory", "give the whole path");
}

void load_file(Loader& loader, const Settings& settings, const std::filesystem::path& prefix) {
  warn_of_relative_path(loader, "smtp_tls_CAfile", settings.ca_file);
  const auto file = below(prefix, settings.ca_file);
  const auto read = loader.add_file(file);
  if (read.fault.empty()) return;
  ConfigProblem problem{
      read.only_here ? "ca-file-not-read" : "ca-file-unusable",
      fmt::format("smtp_tls_CAfile = {} {}: {}", printable(settings.ca_file),
                  read.only_here ? "was not read" : "cannot be used", read.fault),
      {},
      0,
      read.only_here ? "whom Postfix trusts is not known here" : cannot_load_cas(settings),
      "name a readable PEM file with the certificates of CAs"};
  if (read.only_here) return loader.leave_open(std::move(problem));
  loader.give_up({std::move(problem), ca_log_lines(settings, file, prefix)});
}

void load_path(Loader& loader, const Settings& settings, const std::filesystem::path& prefix) {
  warn_of_relative_path(loader, "smtp_tls_CApath", settings.ca_path);
  const auto before = loader.result().trusted.size();
  const auto error = loader.add_folder(below(prefix, settings.ca_path));
  if (!error && loader.result().trusted.size() > before) return;
  const auto path = printable(settings.ca_path);
  auto what =
      error ? fmt::format("smtp_tls_CApath = {} cannot be read: {}", path, error.message())
            : fmt::format("smtp_tls_CApath = {} has no certificate under a hashed name", path);
  loader.problem(error ? "ca-path-unreadable" : "ca-path-empty", std::move(what),
                 "Postfix finds no CA there, and says nothing", "run openssl rehash on the folder");
}

}  // namespace

CaCertificates load_ca_certificates(const Settings& settings, const std::filesystem::path& prefix,
                                    const std::filesystem::path& chroot) {
  Loader loader;
  auto& out = loader.result();
  const bool configured = !settings.ca_file.empty() || !settings.ca_path.empty();
  if (auto fault = digest_fault(settings)) {
    loader.give_up(std::move(*fault));
  } else if (configured) {
    if (!settings.ca_file.empty()) load_file(loader, settings, prefix);
    if (!out.unusable && !settings.ca_path.empty())
      load_path(loader, settings, chroot.empty() ? prefix : chroot);
    if (!out.unusable && settings.append_default_ca) {  // what is missing there is no error
      loader.add_file(below(prefix, X509_get_default_cert_file()));
      loader.add_folder(below(prefix, X509_get_default_cert_dir()));
    }
  }
  if (!out.unusable) {
    auto own = load_client_certificates(settings, prefix);
    if (own.not_loaded) out.problems.push_back(std::move(*own.not_loaded));
    if (own.fault)
      loader.give_up(std::move(*own.fault));
    else
      out.log_lines = std::move(own.log_lines);
  }
  if (!out.unusable) {
    const auto curves = curve_warnings(settings);
    out.log_lines.insert(out.log_lines.end(), curves.begin(), curves.end());
  }
  out.configured = configured;
  return std::move(out);
}

}  // namespace dane::postfix
