/// TLSA RDATA: decoding, and usability against what OpenSSL itself takes.
#include <memory>
#include <vector>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "dane/tlsa/record.hpp"

#include "fuzz/check.hpp"

using namespace dane;

namespace {

bool openssl_takes(const tlsa::Record& record) {
  static SSL_CTX* context = [] {
    SSL_CTX* made = SSL_CTX_new(TLS_client_method());
    fuzz::check(made != nullptr && SSL_CTX_dane_enable(made) > 0);
    return made;
  }();
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context), &SSL_free);
  fuzz::check(ssl && SSL_dane_enable(ssl.get(), "mx.example.com") > 0);
  const auto* data = reinterpret_cast<const unsigned char*>(record.association_data.data());
  const int taken = SSL_dane_tlsa_add(ssl.get(), static_cast<std::uint8_t>(record.usage),
                                      static_cast<std::uint8_t>(record.selector),
                                      static_cast<std::uint8_t>(record.matching_type), data,
                                      record.association_data.size());
  ERR_clear_error();
  return taken > 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = tlsa::decode_rdata(fuzz::bytes(data, size));
  fuzz::check(record.has_value() == (size >= 4));
  if (!record) return 0;
  const Bytes again = tlsa::encode_rdata(*record);
  fuzz::check(
      std::equal(again.begin(), again.end(), std::as_bytes(std::span(data, size)).begin()) &&
      again.size() == size);
  fuzz::check(!tlsa::format_acronyms(*record).empty());

  const auto anywhere = tlsa::usability(*record, tlsa::Profile::any);
  const auto for_mail = tlsa::usability(*record, tlsa::Profile::smtp);
  fuzz::check(!anywhere == openssl_takes(*record));
  fuzz::check(!anywhere || for_mail);  // what is unusable anywhere is so for mail
  const std::vector<tlsa::Record> records{*record, *record};
  fuzz::check(tlsa::set_aside_by_agility(records, {!anywhere, !anywhere}).size() == 2);
  return 0;
}
