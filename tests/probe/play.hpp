/// \file  Plays a dialogue without a socket: what the server says, and what must come of it.
#pragma once

#include <catch2/catch.hpp>

#include "libdane/probe/dialogue.hpp"

namespace dane::probe::test {

inline const Names names{"client.example", "mail.example", 5222};

/// What came of a script: the client's words, then how it ended.
struct Outcome {
  std::vector<std::string> sent;
  std::string end;  ///< "tls", "more", or the kind of failure
  std::string what;
  std::string reply;
  std::vector<std::string> transcript;
};

inline std::string end_of(const Step& step) {
  if (std::holds_alternative<StartTls>(step)) return "tls";
  if (const auto* abandon = std::get_if<Abandon>(&step)) return to_string(abandon->kind);
  return "more";
}

/// Plays `turns`: before each of our words the server says one turn, cut into pieces of `piece`.
inline Outcome play(Protocol protocol, const std::vector<std::string>& turns,
                    std::size_t piece = 100000, const Names& who = names) {
  const auto dialogue = make_dialogue(protocol, who);
  Outcome out;
  Step step = dialogue->begin();
  std::size_t turn = 0;
  std::string left;
  for (;;) {
    if (const auto* send = std::get_if<Send>(&step)) {
      out.sent.push_back(send->octets);
      step = dialogue->feed({});
    } else if (std::holds_alternative<ReadMore>(step) && (!left.empty() || turn < turns.size())) {
      if (left.empty()) left = turns[turn++];
      step = dialogue->feed(left.substr(0, piece));
      left.erase(0, piece);
    } else {
      break;
    }
  }
  out.end = end_of(step);
  if (const auto* abandon = std::get_if<Abandon>(&step)) out.what = abandon->what;
  out.reply = dialogue->last_reply();
  out.transcript = dialogue->transcript().lines();
  return out;
}

/// Octet by octet, and all at once.  What is injected counts as such only when it comes together
/// with the reply; later octets are the connection's to see.
inline std::size_t piece_for(const std::string& end) {
  return end == "plaintext-injected" ? 100000U : GENERATE(1U, 100000U);
}

using Turns = std::vector<std::string>;
using Words = std::vector<std::string>;

}  // namespace dane::probe::test
