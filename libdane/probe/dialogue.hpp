/// \file  A STARTTLS dialogue as a pure state machine: octets in, the next step out.
///
/// No socket, no clock: the caller sends, reads and watches the time.  Everything the server says
/// is bounded here, so that endless lines and endless replies end as `not_the_protocol`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dane/probe/prober.hpp"

#include "libdane/probe/transcript.hpp"

namespace dane::probe {

inline constexpr std::size_t max_line_octets = 4096;
inline constexpr std::size_t max_reply_lines = 256;
inline constexpr std::size_t max_reply_octets = 64U << 10U;

struct ReadMore {};
struct Send {
  std::string octets;
  std::string shown{};  ///< for the transcript; empty: the octets are a line of text
};
struct StartTls {};  ///< send the ClientHello now; nothing is left unread
struct Abandon {
  ProbeFailure kind;
  std::string what;
};
using Step = std::variant<ReadMore, Send, StartTls, Abandon>;

/// Names that the dialogues use; already valid for their protocol but for XML escaping.
struct Names {
  std::string helo;         ///< SMTP EHLO
  std::string host;         ///< XMPP `to`
  std::uint16_t port = 0;   ///< XMPP: tells servers from clients
  bool as_postfix = false;  ///< SMTP: read, answer and quote as the Postfix SMTP client does
};

class Dialogue {
 public:
  Dialogue() = default;
  explicit Dialogue(bool as_postfix) : as_postfix_(as_postfix) {}
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;
  virtual ~Dialogue() = default;

  /// The first step.  ReadMore in protocols where the server speaks first.
  [[nodiscard]] Step begin() { return finish(open()); }

  /// Takes what came in.  After a Send was carried out call feed({}): more may be here already.
  [[nodiscard]] Step feed(std::string_view octets);

  /// `octets` came in clear between the reply that starts TLS and our ClientHello.  The holder of
  /// the key did not send them: a client that reads on within TLS would take them for protected
  /// ones.  CVE-2011-0411.
  [[nodiscard]] Abandon injected(std::string_view octets);

  /// What ends the session politely, before or within TLS; empty: just close.
  [[nodiscard]] virtual Send farewell() const { return {}; }

  [[nodiscard]] bool greeted() const { return greeted_; }
  [[nodiscard]] bool as_postfix() const { return as_postfix_; }
  [[nodiscard]] ProbeStage stage() const { return stage_; }
  [[nodiscard]] const std::string& awaited() const { return awaited_; }  ///< "the greeting", ...
  /// The server's last reply, complete or not; printable, lines joined by " / ", or by line
  /// feeds as Postfix keeps them.
  [[nodiscard]] std::string last_reply() const;
  [[nodiscard]] const Transcript& transcript() const { return transcript_; }
  void sent(const Send& send);  ///< for the transcript: farewell() went out

 protected:
  virtual Step open() { return ReadMore{}; }
  /// Consumes from unread(); ReadMore when nothing complete is there.
  virtual Step advance() = 0;

  [[nodiscard]] std::string_view unread() const {
    return std::string_view(buffer_).substr(position_);
  }
  void consume(std::size_t count);
  /// Something the server said, for the transcript and last_reply().
  void heard(std::string_view text);
  void greeting_is_complete() {
    greeted_ = true;
    enter(ProbeStage::starttls);
  }
  void enter(ProbeStage stage) { stage_ = stage; }
  void await(std::string what) { awaited_ = std::move(what); }
  static Abandon not_the_protocol(std::string what) {
    return {ProbeFailure::not_the_protocol, std::move(what)};
  }

 private:
  Step finish(Step step);
  Step on_early(std::string_view octets);

  std::string buffer_;
  std::size_t position_ = 0;        ///< start of what is unread in buffer_
  std::size_t reply_octets_ = 0;    ///< consumed since our last step
  std::vector<std::string> reply_;  ///< its lines
  std::size_t reply_kept_ = 0;      ///< octets in reply_
  bool reply_ended_ = false;
  bool as_postfix_ = false;
  ProbeStage stage_ = ProbeStage::greeting;
  bool greeted_ = false;
  std::string awaited_ = "the greeting";
  Transcript transcript_;
};

/// For protocols made of lines that end with LF or CR LF.
class LineDialogue : public Dialogue {
 public:
  using Dialogue::Dialogue;

 protected:
  Step advance() override;
  /// One line, without its end.  ReadMore: the reply is not complete yet.
  virtual Step on_line(std::string_view line) = 0;
  /// Length of the first logical line with its end, 0 when it is incomplete.
  [[nodiscard]] virtual std::size_t line_length(std::string_view text) const;

 private:
  std::size_t lines_ = 0;
};

/// \param protocol  anything but Protocol::implicit.
[[nodiscard]] std::unique_ptr<Dialogue> make_dialogue(Protocol protocol, const Names& names);

[[nodiscard]] std::unique_ptr<Dialogue> make_smtp_dialogue(const Names& names);
[[nodiscard]] std::unique_ptr<Dialogue> make_imap_dialogue();
[[nodiscard]] std::unique_ptr<Dialogue> make_pop3_dialogue();
[[nodiscard]] std::unique_ptr<Dialogue> make_sieve_dialogue();
[[nodiscard]] std::unique_ptr<Dialogue> make_ldap_dialogue();
[[nodiscard]] std::unique_ptr<Dialogue> make_xmpp_dialogue(const Names& names);
[[nodiscard]] std::unique_ptr<Dialogue> make_ftp_dialogue();

}  // namespace dane::probe
