// STLS over POP3, RFC 2595 section 4 and RFC 2449.

#include <fmt/format.h>

#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/reply.hpp"

namespace dane::probe {
namespace {

class Pop3Dialogue final : public LineDialogue {
 public:
  [[nodiscard]] Send farewell() const override { return {"QUIT\r\n"}; }

 private:
  enum class State { greeting, capa, capa_list, stls };

  Step on_line(std::string_view line) override {
    if (state_ == State::capa_list) return on_capability(line);
    const auto words = split_words(line);
    const bool ok = !words.empty() && words[0] == "+OK";
    if (!ok && (words.empty() || words[0] != "-ERR"))
      return not_the_protocol(fmt::format("{} is not POP3", awaited()));
    switch (state_) {
      case State::greeting:
        return on_greeting(ok);
      case State::capa:
        if (!ok) return not_offered("the server does not know CAPA, hence offers no STLS");
        state_ = State::capa_list;
        return ReadMore{};
      case State::stls:
        if (ok) return StartTls{};
        return Abandon{ProbeFailure::starttls_rejected, "the server offers STLS but refuses it"};
      case State::capa_list:
        break;
    }
    return ReadMore{};
  }

  Step on_greeting(bool ok) {
    greeting_is_complete();
    if (!ok)
      return Abandon{ProbeFailure::greeting_rejected,
                     "the server greets with -ERR and does not serve us"};
    state_ = State::capa;
    await("the reply to CAPA");
    return Send{"CAPA\r\n"};
  }

  Step on_capability(std::string_view line) {
    if (line != ".") {
      const auto words = split_words(line);
      offered_ = offered_ || (!words.empty() && same_word(words[0], "STLS"));
      return ReadMore{};
    }
    if (!offered_) return not_offered("the server's capabilities do not name STLS");
    state_ = State::stls;
    await("the reply to STLS");
    return Send{"STLS\r\n"};
  }

  static Step not_offered(std::string what) {
    return Abandon{ProbeFailure::starttls_not_offered, std::move(what)};
  }

  State state_ = State::greeting;
  bool offered_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_pop3_dialogue() {
  return std::make_unique<Pop3Dialogue>();
}

}  // namespace dane::probe
