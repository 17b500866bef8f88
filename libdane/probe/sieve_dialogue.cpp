// STARTTLS over ManageSieve, RFC 5804 sections 1.2, 1.7 and 2.2.

#include <charconv>

#include <fmt/format.h>

#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/reply.hpp"

namespace dane::probe {
namespace {

/// Octets of the literal that a line announces at its end, `{12}` or `{12+}`.
std::optional<std::size_t> announced_literal(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.empty() || line.back() != '}') return std::nullopt;
  line.remove_suffix(1);
  if (!line.empty() && line.back() == '+') line.remove_suffix(1);
  const auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  const auto digits = line.substr(open + 1);
  std::size_t octets = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), octets);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return octets;
}

class SieveDialogue final : public LineDialogue {
 public:
  [[nodiscard]] Send farewell() const override { return {"LOGOUT\r\n"}; }

 private:
  /// A logical line runs on through the literals in it.
  [[nodiscard]] std::size_t line_length(std::string_view text) const override {
    std::size_t start = 0;
    for (;;) {
      const auto end = text.find('\n', start);
      if (end == std::string_view::npos) return 0;
      const auto literal = announced_literal(text.substr(start, end + 1 - start));
      if (!literal) return end + 1;
      if (*literal > max_line_octets) return max_line_octets + 1;
      start = end + 1 + *literal;
      if (start > text.size()) return 0;
    }
  }

  Step on_line(std::string_view line) override {
    const auto words = split_words(line.substr(0, line.find('(')));
    const auto word = words.empty() ? std::string_view{} : words[0];
    if (!word.empty() && word[0] == '"' && !asked_) {
      offered_ = offered_ || same_word(word, "\"STARTTLS\"");
      return ReadMore{};
    }
    const bool ok = same_word(word, "OK");
    if (!ok && !same_word(word, "NO") && !same_word(word, "BYE"))
      return not_the_protocol(fmt::format("{} is not ManageSieve", awaited()));
    return asked_ ? on_starttls(ok) : on_greeting(ok);
  }

  Step on_greeting(bool ok) {
    greeting_is_complete();
    if (!ok) return Abandon{ProbeFailure::greeting_rejected, "the server does not serve us"};
    if (!offered_)
      return Abandon{ProbeFailure::starttls_not_offered,
                     "the server's capabilities do not name STARTTLS"};
    asked_ = true;
    await("the reply to STARTTLS");
    return Send{"STARTTLS\r\n"};
  }

  static Step on_starttls(bool ok) {
    if (ok) return StartTls{};
    return Abandon{ProbeFailure::starttls_rejected, "the server offers STARTTLS but refuses it"};
  }

  bool offered_ = false;
  bool asked_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_sieve_dialogue() {
  return std::make_unique<SieveDialogue>();
}

}  // namespace dane::probe
