// STARTTLS over XMPP, RFC 6120 section 5: the client speaks first.

#include <fmt/format.h>

#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/xml_tags.hpp"

namespace dane::probe {
namespace {

constexpr std::uint16_t server_port = 5269;
constexpr std::string_view tls_namespace = "urn:ietf:params:xml:ns:xmpp-tls";

std::string escape_attribute(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&apos;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

class XmppDialogue final : public Dialogue {
 public:
  explicit XmppDialogue(const Names& names)
      : host_(escape_attribute(names.host)), between_servers_(names.port == server_port) {}

 private:
  enum class State { stream, features, in_features, in_error, reply, in_proceed };

  Step open() override {
    greeting_is_complete();  // there is none
    await("the stream header");
    return Send{
        fmt::format("<?xml version='1.0'?><stream:stream to='{}' version='1.0' "
                    "xmlns='jabber:{}' xmlns:stream='http://etherx.jabber.org/streams'>",
                    host_, between_servers_ ? "server" : "client")};
  }

  Step advance() override {
    for (;;) {
      const auto whole = unread();
      if (state_ == State::stream && !starts_like_xml(whole)) return not_xmpp();
      auto rest = whole;
      Tag tag;
      switch (decode_tag(rest, max_line_octets, tag)) {
        case TagStatus::incomplete:
          return ReadMore{};
        case TagStatus::malformed:
          return not_xmpp();
        case TagStatus::complete:
          break;
      }
      if (++tags_ > max_reply_lines) return not_xmpp();
      const auto said = whole.substr(0, whole.size() - rest.size());
      auto step = on_tag(tag, said);
      consume(said.size());
      if (!std::holds_alternative<ReadMore>(step)) {
        tags_ = 0;
        return step;
      }
    }
  }

  static bool starts_like_xml(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos || text[first] == '<';
  }

  Step on_tag(const Tag& tag, std::string_view said) {
    heard(said);
    switch (state_) {
      case State::stream:
        return on_stream(tag);
      case State::features:
        return on_features(tag);
      case State::in_features:
        return in_features(tag);
      case State::in_error:
        return in_error(tag);
      case State::reply:
        return on_reply(tag);
      case State::in_proceed:
        return tag.name == "proceed" && tag.closes ? Step{StartTls{}} : not_xmpp();
    }
    return not_xmpp();
  }

  Step on_stream(const Tag& tag) {
    if (tag.name != "stream" || !tag.opens || tag.closes) return not_xmpp();
    if (!has_attribute(tag, "version"))
      return Abandon{ProbeFailure::starttls_not_offered,
                     "the server's stream has no version, hence no STARTTLS"};
    state_ = State::features;
    await("the stream features");
    return ReadMore{};
  }

  Step on_features(const Tag& tag) {
    if (tag.name == "error" && tag.opens) {
      state_ = State::in_error;
      return ReadMore{};
    }
    if (tag.name != "features" || !tag.opens) return not_xmpp();
    if (tag.closes) return after_features();
    state_ = State::in_features;
    return ReadMore{};
  }

  Step in_features(const Tag& tag) {
    if (tag.name == "features" && tag.closes) return after_features();
    offered_ = offered_ ||
               (tag.name == "starttls" && tag.opens && has_attribute(tag, "xmlns", tls_namespace));
    return ReadMore{};
  }

  static Step in_error(const Tag&) {
    // The first element names the condition, e.g. host-unknown; last_reply() shows it.
    return Abandon{ProbeFailure::greeting_rejected, "the server answers with a stream error"};
  }

  Step after_features() {
    if (!offered_)
      return Abandon{ProbeFailure::starttls_not_offered,
                     "the server's stream features do not name starttls"};
    state_ = State::reply;
    await("the reply to starttls");
    return Send{fmt::format("<starttls xmlns='{}'/>", tls_namespace)};
  }

  Step on_reply(const Tag& tag) {
    if (tag.name == "failure" && tag.opens)
      return Abandon{ProbeFailure::starttls_rejected, "the server offers starttls but refuses it"};
    if (tag.name != "proceed" || !tag.opens) return not_xmpp();
    if (tag.closes) return StartTls{};
    state_ = State::in_proceed;
    return ReadMore{};
  }

  Step not_xmpp() const { return not_the_protocol(fmt::format("{} is not XMPP", awaited())); }

  std::string host_;
  bool between_servers_;
  State state_ = State::stream;
  std::size_t tags_ = 0;
  bool offered_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_xmpp_dialogue(const Names& names) {
  return std::make_unique<XmppDialogue>(names);
}

}  // namespace dane::probe
