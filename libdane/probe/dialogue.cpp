#include "libdane/probe/dialogue.hpp"

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/probe/quote.hpp"

namespace dane::probe {
namespace {

constexpr std::size_t max_shown_reply = 512;

std::string_view without_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

Step Dialogue::feed(std::string_view octets) {
  buffer_.erase(0, position_);
  position_ = 0;
  buffer_.append(octets);
  return finish(advance());
}

Step Dialogue::finish(Step step) {
  if (std::holds_alternative<ReadMore>(step)) {
    if (reply_octets_ + unread().size() > max_reply_octets)
      return not_the_protocol(fmt::format("{} does not end", awaited_));
    return step;
  }
  reply_octets_ = 0;
  if (const auto* send = std::get_if<Send>(&step)) {
    reply_ended_ = true;
    sent(*send);
  }
  if (std::holds_alternative<StartTls>(step) && !unread().empty()) return on_early(unread());
  return step;
}

Step Dialogue::on_early(std::string_view octets) {
  if (!as_postfix_) return injected(octets);
  transcript_.server(without_line_end(octets.substr(0, max_shown_reply)));
  return StartTls{};
}

Abandon Dialogue::injected(std::string_view octets) {
  heard(without_line_end(octets.substr(0, max_shown_reply)));
  return {ProbeFailure::plaintext_injected, "unencrypted octets follow the reply that starts TLS"};
}

void Dialogue::sent(const Send& send) {
  transcript_.client(send.shown.empty() ? without_line_end(send.octets) : send.shown);
}

void Dialogue::consume(std::size_t count) {
  position_ += count;
  reply_octets_ += count;
}

void Dialogue::heard(std::string_view text) {
  transcript_.server(text);
  if (reply_ended_) {
    reply_.clear();
    reply_kept_ = 0;
    reply_ended_ = false;
  }
  if (reply_kept_ > max_quoted_reply) return;
  reply_.emplace_back(text.substr(0, max_quoted_reply));
  reply_kept_ += reply_.back().size() + 1;
}

std::string Dialogue::last_reply() const {
  // A reply that broke off is still the best hint at what the server is.
  if (reply_.empty() || reply_ended_) {
    const auto rest = without_line_end(unread());
    if (!rest.empty())
      return as_postfix_ ? quote_as_postfix({std::string(rest)}) : printable(rest, max_shown_reply);
  }
  return as_postfix_ ? quote_as_postfix(reply_)
                     : printable(fmt::format("{}", fmt::join(reply_, " / ")), max_shown_reply);
}

Step LineDialogue::advance() {
  for (;;) {
    const auto text = unread();
    const auto length = line_length(text);
    if (length > max_line_octets || (length == 0 && text.size() > max_line_octets))
      return not_the_protocol(
          fmt::format("{} holds a line of more than {} octets", awaited(), max_line_octets));
    if (length == 0) return ReadMore{};
    if (++lines_ > max_reply_lines)
      return not_the_protocol(fmt::format("{} has more than {} lines", awaited(), max_reply_lines));
    const std::string line(without_line_end(text.substr(0, length)));
    consume(length);
    heard(line);
    auto step = on_line(line);
    if (!std::holds_alternative<ReadMore>(step)) {
      lines_ = 0;
      return step;
    }
  }
}

std::size_t LineDialogue::line_length(std::string_view text) const {
  const auto end = text.find('\n');
  return end == std::string_view::npos ? 0 : end + 1;
}

std::unique_ptr<Dialogue> make_dialogue(Protocol protocol, const Names& names) {
  switch (protocol) {
    case Protocol::smtp:
      return make_smtp_dialogue(names);
    case Protocol::imap:
      return make_imap_dialogue();
    case Protocol::pop3:
      return make_pop3_dialogue();
    case Protocol::sieve:
      return make_sieve_dialogue();
    case Protocol::ldap:
      return make_ldap_dialogue();
    case Protocol::xmpp:
      return make_xmpp_dialogue(names);
    case Protocol::ftp:
      return make_ftp_dialogue();
    case Protocol::implicit:
      break;
  }
  return nullptr;
}

}  // namespace dane::probe
