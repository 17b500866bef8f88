// The STARTTLS dialogues of all protocols.  The first octet picks the protocol, the second the size
// of the pieces in which the rest comes in.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "libdane/probe/dialogue.hpp"

using namespace dane::probe;

namespace {

constexpr Protocol protocols[] = {Protocol::smtp, Protocol::imap, Protocol::pop3, Protocol::sieve,
                                  Protocol::ldap, Protocol::xmpp, Protocol::ftp};

void require(bool ok) {
  if (!ok) std::abort();
}

bool is_harmless(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

void play(Dialogue& dialogue, std::string_view input, std::size_t piece) {
  std::size_t commands = 0;
  Step step = dialogue.begin();
  for (;;) {
    if (std::holds_alternative<Send>(step)) {
      require(++commands <= 4);  // no server makes us talk for ever
      step = dialogue.feed({});
    } else if (std::holds_alternative<ReadMore>(step) && !input.empty()) {
      step = dialogue.feed(input.substr(0, piece));
      input.remove_prefix(std::min(piece, input.size()));
    } else {
      return;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto dialogue =
      make_dialogue(protocols[data[0] % std::size(protocols)], {"client.example", "mx.example", 1});
  play(*dialogue, {reinterpret_cast<const char*>(data) + 2, size - 2}, data[1] + 1U);
  const auto& lines = dialogue->transcript().lines();
  require(lines.size() <= Transcript::max_lines + 1);
  for (const auto& line : lines) require(is_harmless(line));
  require(is_harmless(dialogue->last_reply()));
  return 0;
}
