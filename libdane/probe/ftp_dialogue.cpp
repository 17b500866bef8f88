// AUTH TLS over FTP, RFC 4217.

#include <fmt/format.h>

#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/reply.hpp"

namespace dane::probe {
namespace {

class FtpDialogue final : public LineDialogue {
 public:
  [[nodiscard]] Send farewell() const override { return {"QUIT\r\n"}; }

 private:
  Step on_line(std::string_view line) override {
    switch (reader_.take(line)) {
      case ReplyReader::Progress::more:
        return ReadMore{};
      case ReplyReader::Progress::malformed:
        return not_the_protocol(fmt::format("{} is not FTP", awaited()));
      case ReplyReader::Progress::complete:
        break;
    }
    const Reply reply = reader_.release();
    return asked_ ? on_auth(reply) : on_greeting(reply);
  }

  Step on_greeting(const Reply& reply) {
    if (reply.severity() == 1) return ReadMore{};  // 120: ready in some minutes
    greeting_is_complete();
    if (reply.severity() != 2)
      return Abandon{ProbeFailure::greeting_rejected,
                     fmt::format("the server greets with {} and does not serve us", reply.code)};
    asked_ = true;
    await("the reply to AUTH TLS");
    return Send{"AUTH TLS\r\n"};
  }

  static Step on_auth(const Reply& reply) {
    if (reply.code == 234) return StartTls{};
    const bool unknown = reply.code == 500 || reply.code == 502 || reply.code == 504;
    return Abandon{unknown ? ProbeFailure::starttls_not_offered : ProbeFailure::starttls_rejected,
                   fmt::format("the server answers AUTH TLS with {}", reply.code)};
  }

  bool asked_ = false;
  ReplyReader reader_{ReplyReader::Grammar::ftp};
};

}  // namespace

std::unique_ptr<Dialogue> make_ftp_dialogue() {
  return std::make_unique<FtpDialogue>();
}

}  // namespace dane::probe
