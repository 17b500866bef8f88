// StartTLS over LDAP, RFC 4511 section 4.14: the client speaks first.

#include <fmt/format.h>

#include "libdane/probe/ber.hpp"
#include "libdane/probe/dialogue.hpp"

namespace dane::probe {
namespace {

constexpr std::uint8_t message_tag = 0x30;

class LdapDialogue final : public Dialogue {
 public:
  /// UnbindRequest, message id 2.  RFC 4511 section 4.3.
  [[nodiscard]] Send farewell() const override {
    return {std::string("\x30\x05\x02\x01\x02\x42\x00", 7), "UnbindRequest"};
  }

 private:
  Step open() override {
    greeting_is_complete();  // there is none
    await("the reply to StartTLS");
    return Send{encode_start_tls_request(), "ExtendedRequest StartTLS"};
  }

  Step advance() override {
    const auto whole = unread();
    if (!whole.empty() && static_cast<std::uint8_t>(whole[0]) != message_tag) return not_ldap();
    auto rest = whole;
    BerElement message;
    switch (decode_ber(rest, max_reply_octets, message)) {
      case BerStatus::incomplete:
        return ReadMore{};
      case BerStatus::malformed:
        return not_ldap();
      case BerStatus::complete:
        break;
    }
    const auto response = decode_extended_response(message.content);
    consume(whole.size() - rest.size());
    if (!response) return not_ldap();
    heard(fmt::format("ExtendedResponse resultCode {} \"{}\"", response->result_code,
                      response->diagnostic));
    return on_response(*response);
  }

  static Step on_response(const ExtendedResponse& response) {
    constexpr std::uint32_t success = 0;
    constexpr std::uint32_t protocol_error = 2;  // "does not support": RFC 4511 section 4.14.1
    if (response.message_id == 0)
      return Abandon{ProbeFailure::greeting_rejected, "the server sends a notice of disconnection"};
    if (response.message_id != 1) return not_ldap();
    if (response.result_code == success) return StartTls{};
    if (response.result_code == protocol_error)
      return Abandon{ProbeFailure::starttls_not_offered, "the server does not know StartTLS"};
    return Abandon{
        ProbeFailure::starttls_rejected,
        fmt::format("the server refuses StartTLS with result code {}", response.result_code)};
  }

  static Step not_ldap() { return not_the_protocol("the reply to StartTLS is not LDAP"); }
};

}  // namespace

std::unique_ptr<Dialogue> make_ldap_dialogue() {
  return std::make_unique<LdapDialogue>();
}

}  // namespace dane::probe
