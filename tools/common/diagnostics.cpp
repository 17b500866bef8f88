#include "tools/common/diagnostics.hpp"

#include <cstdio>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "tools/common/usage.hpp"

namespace dane::tools {

namespace {

constexpr std::size_t longest = 1024;

/// What to do where the error itself does not say: the library does not know who asked for the
/// file.
constexpr std::pair<std::string_view, std::string_view> remedies[] = {
    {"file-unreadable", "check the path and the permissions of the file"},
    {"file-timeout", "is a program writing to it?  --timeout allows it more time"},
    {"input-empty", "name a file that holds a PEM or DER certificate"},
    {"input-too-large", "give only the chain that the server sends, leaf first"},
    {"chain-too-long", "give only the chain that the server sends, leaf first"},
    {"certificate-invalid", "is the file whole? \"openssl x509 -noout -text -in FILE\" shows it"},
    {"no-key", "name the file of the private key (certbot: privkey.pem)"},
    {"key-invalid", "name a PEM or DER file of the private or public key"},
    {"evidence-not-json", "name a file that was written with --save"},
    {"evidence-schema", "name a file that was written with --save"},
    {"evidence-invalid", "name a file that was written with --save, unchanged"},
    {"evidence-too-large", "name a file that was written with --save"},
};

std::string remedy_for(const Error& error) {
  if (!error.remedy.empty()) return shown(error.remedy, longest);
  for (const auto& [code, remedy] : remedies) {
    if (error.code == code) return std::string(remedy);
  }
  return {};
}

}  // namespace

// Errors hold harmless text already.  shown() keeps it as it is, and is there for what a library
// says.
void print_error(std::string_view tool, const Error& error) {
  const auto where = error.where.empty() ? std::string{} : shown(error.where, longest) + ": ";
  fmt::print(stderr, "{}: error: {}{}\n", tool, where, shown(error.what, longest));
  if (const auto remedy = remedy_for(error); !remedy.empty()) {
    fmt::print(stderr, "{}: hint: {}\n", tool, remedy);
  }
}

void print_warning(std::string_view tool, std::string_view text) {
  fmt::print(stderr, "{}: warning: {}\n", tool, shown(text, longest));
}

}  // namespace dane::tools
