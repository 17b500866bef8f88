/// Certificate files: PEM, DER, junk.
#include "dane/core/text.hpp"
#include "dane/x509/certificate.hpp"

#include "fuzz/check.hpp"

using dane::x509::Certificate;

namespace {

void check_certificate(const Certificate& certificate) {
  fuzz::check(Certificate::decode_der(certificate.der()) == certificate);
  for (const auto& text : {certificate.subject(), certificate.issuer(), certificate.serial()}) {
    fuzz::check(dane::is_utf8(text));
    fuzz::check(text.find_first_of(std::string_view("\0\n\r\x1b", 4)) == std::string::npos);
    fuzz::check(text.size() < 4096);
  }
  fuzz::check(!certificate.spki_der().empty());
  fuzz::check(certificate.cert_sha256() == dane::to_hex(dane::x509::sha256(certificate.der())));
  fuzz::check(dane::parse_rfc3339(dane::format_rfc3339(certificate.not_after())) ==
              certificate.not_after());
  (void)certificate.is_signed_by(certificate);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto chain = dane::x509::parse_certificates(fuzz::bytes(data, size), "input", 8);
  if (!chain) {
    fuzz::check(dane::is_utf8(chain.error().what) && !chain.error().code.empty());
    return 0;
  }
  fuzz::check(!chain->empty() && chain->size() <= 8);
  for (const auto& certificate : *chain) check_certificate(certificate);
  return 0;
}
