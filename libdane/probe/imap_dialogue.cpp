// STARTTLS over IMAP, RFC 9051 sections 6.2.1 and 7.1.

#include <fmt/format.h>

#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/reply.hpp"

namespace dane::probe {
namespace {

class ImapDialogue final : public LineDialogue {
 public:
  [[nodiscard]] Send farewell() const override { return {"z LOGOUT\r\n"}; }

 private:
  enum class State { greeting, capability, starttls };

  Step on_line(std::string_view line) override {
    const auto words = split_words(line);
    if (words.size() < 2) return not_the_protocol(fmt::format("{} is not IMAP", awaited()));
    if (state_ == State::greeting) return on_greeting(words);
    if (words[0] == "*") return on_untagged(words);
    const std::string_view tag = state_ == State::capability ? "a" : "b";
    if (words[0] != tag) return not_the_protocol(fmt::format("{} is not IMAP", awaited()));
    return state_ == State::capability ? on_capability_end() : on_starttls(words[1]);
  }

  Step on_greeting(const std::vector<std::string_view>& words) {
    if (words[0] != "*") return not_the_protocol("the greeting is not IMAP");
    if (same_word(words[1], "BYE")) return server_says_bye();
    if (same_word(words[1], "PREAUTH")) {
      greeting_is_complete();
      return Abandon{ProbeFailure::starttls_not_offered,
                     "the server greets with PREAUTH, after which STARTTLS is not allowed"};
    }
    if (!same_word(words[1], "OK")) return not_the_protocol("the greeting is not IMAP");
    greeting_is_complete();
    state_ = State::capability;
    await("the reply to CAPABILITY");
    return Send{"a CAPABILITY\r\n"};
  }

  Step on_untagged(const std::vector<std::string_view>& words) {
    if (same_word(words[1], "BYE")) return server_says_bye();
    if (same_word(words[1], "CAPABILITY"))
      for (const auto word : words) offered_ = offered_ || same_word(word, "STARTTLS");
    return ReadMore{};
  }

  Step server_says_bye() {
    greeting_is_complete();
    return Abandon{ProbeFailure::greeting_rejected, "the server says BYE and does not serve us"};
  }

  Step on_capability_end() {
    if (!offered_)
      return Abandon{ProbeFailure::starttls_not_offered,
                     "the server's capabilities do not name STARTTLS"};
    state_ = State::starttls;
    await("the reply to STARTTLS");
    return Send{"b STARTTLS\r\n"};
  }

  static Step on_starttls(std::string_view status) {
    if (same_word(status, "OK")) return StartTls{};
    return Abandon{ProbeFailure::starttls_rejected, "the server offers STARTTLS but refuses it"};
  }

  State state_ = State::greeting;
  bool offered_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_imap_dialogue() {
  return std::make_unique<ImapDialogue>();
}

}  // namespace dane::probe
