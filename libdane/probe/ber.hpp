/// \file  The little BER that LDAP's StartTLS needs.  RFC 4511 sections 4.1.1, 4.12, 4.14 and 5.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dane::probe {

enum class BerStatus { complete, incomplete, malformed };

struct BerElement {
  std::uint8_t tag = 0;
  std::string_view content;
};

/// Takes one element off the front of `octets`.  One-octet tags and definite lengths only, as
/// LDAP has it; content of more than `limit` octets is malformed.
[[nodiscard]] BerStatus decode_ber(std::string_view& octets, std::size_t limit, BerElement& out);

/// The LDAPMessage that asks for StartTLS, message id 1.
[[nodiscard]] std::string encode_start_tls_request();

struct ExtendedResponse {
  std::uint32_t message_id = 0;  ///< 0: unsolicited, a notice of disconnection
  std::uint32_t result_code = 0;
  std::string diagnostic;  ///< as sent: hostile
};

/// \param content  of the LDAPMessage SEQUENCE.  \return nothing unless it is an ExtendedResponse.
[[nodiscard]] std::optional<ExtendedResponse> decode_extended_response(std::string_view content);

}  // namespace dane::probe
