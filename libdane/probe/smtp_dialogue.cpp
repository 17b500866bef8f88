// STARTTLS over SMTP, RFC 3207: greeting, EHLO, STARTTLS.

#include <algorithm>

#include <fmt/format.h>

#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/quote.hpp"
#include "libdane/probe/reply.hpp"

namespace dane::probe {
namespace {

/// Firewalls that "inspect" SMTP overwrite the keywords they do not know with X, in place.
bool is_masked(std::string_view keyword) {
  return keyword.substr(0, 5) == "XXXXX";
}

/// The word that `text` begins with behind any of `separators`; it is taken off with the separator.
std::string_view take_word(std::string_view& text, std::string_view separators) {
  text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
  const auto word = text.substr(0, text.find_first_of(separators));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

/// Whatever stands in for the code ends at '-' or a blank, and a keyword at '=' too.  A line
/// without a keyword does not count, and the first that counts has the server's name.
bool postfix_sees_starttls(std::string_view reply) {
  bool named = false;
  for (auto line = take_word(reply, "\n"); !line.empty(); line = take_word(reply, "\n")) {
    (void)take_word(line, "- ");
    const auto keyword = take_word(line, " \t=");
    if (keyword.empty()) continue;
    if (named && same_word(keyword, "STARTTLS")) return true;
    named = true;
  }
  return false;
}

class SmtpDialogue final : public LineDialogue {
 public:
  explicit SmtpDialogue(const Names& names)
      : LineDialogue(names.as_postfix),
        helo_(names.helo),
        reader_(names.as_postfix ? ReplyReader::Grammar::postfix : ReplyReader::Grammar::smtp) {}
  [[nodiscard]] Send farewell() const override { return {"QUIT\r\n"}; }

 private:
  enum class State { greeting, ehlo, helo, starttls };

  Step on_line(std::string_view line) override {
    switch (reader_.take(as_postfix() ? up_to_nul(line) : line)) {
      case ReplyReader::Progress::more:
        return ReadMore{};
      case ReplyReader::Progress::malformed:
        return not_the_protocol(fmt::format("{} is not SMTP", awaited()));
      case ReplyReader::Progress::complete:
        break;
    }
    const Reply reply = reader_.release();
    switch (state_) {
      case State::greeting:
        return on_greeting(reply);
      case State::ehlo:
        return on_ehlo(reply);
      case State::helo:
        return on_helo(reply);
      case State::starttls:
        return on_starttls(reply);
    }
    return ReadMore{};
  }

  Step ask(State next, const std::string& command) {
    state_ = next;
    enter(next == State::ehlo   ? ProbeStage::ehlo
          : next == State::helo ? ProbeStage::helo
                                : ProbeStage::starttls);
    await(fmt::format("the reply to {}", command.substr(0, command.find(' '))));
    return Send{command + "\r\n"};
  }

  Step on_greeting(const Reply& reply) {
    greeting_is_complete();
    if (reply.severity() != 2)
      return Abandon{ProbeFailure::greeting_rejected,
                     fmt::format("the server greets with {} and does not serve us", reply.code)};
    return ask(State::ehlo, "EHLO " + helo_);
  }

  Step on_ehlo(const Reply& reply) {
    // Only HELO tells an old server, which has no STARTTLS, from one that rejects this client.
    if (reply.severity() == 5 || (as_postfix() && reply.severity() != 2 && reply.code != 421))
      return ask(State::helo, "HELO " + helo_);
    if (reply.severity() != 2)
      return Abandon{ProbeFailure::greeting_rejected,
                     fmt::format("the server answers EHLO with {}", reply.code)};
    if (as_postfix() && postfix_sees_starttls(last_reply()))
      return ask(State::starttls, "STARTTLS");
    bool masked = false;
    // The first line is the server's name and a greeting, not a keyword.
    for (std::size_t i = 1; i < reply.text.size(); ++i) {
      const auto words = split_words(reply.text[i]);
      if (words.empty()) continue;
      if (!as_postfix() && same_word(words.front(), "STARTTLS"))
        return ask(State::starttls, "STARTTLS");
      masked = masked || is_masked(words.front());
    }
    return Abandon{ProbeFailure::starttls_not_offered,
                   masked ? "the server's reply to EHLO has no STARTTLS, and a keyword is "
                            "overwritten with X: a firewall on the way tampers with SMTP"
                          : "the server's reply to EHLO has no STARTTLS"};
  }

  Step on_helo(const Reply& reply) {
    if (reply.severity() == 2)
      return Abandon{ProbeFailure::starttls_not_offered,
                     "the server knows HELO only, hence no STARTTLS"};
    return Abandon{ProbeFailure::greeting_rejected,
                   fmt::format("the server rejects EHLO, and HELO with {}", reply.code)};
  }

  static Step on_starttls(const Reply& reply) {
    if (reply.severity() == 2) return StartTls{};
    return Abandon{ProbeFailure::starttls_rejected,
                   fmt::format("the server offers STARTTLS but answers it with {}", reply.code)};
  }

  std::string helo_;
  State state_ = State::greeting;
  ReplyReader reader_;
};

}  // namespace

std::unique_ptr<Dialogue> make_smtp_dialogue(const Names& names) {
  return std::make_unique<SmtpDialogue>(names);
}

}  // namespace dane::probe
