/// \file  Replies of three digits and text, on one or more lines.  RFC 5321 section 4.2, RFC 959
/// section 4.2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dane::probe {

/// ASCII case-insensitive equality.
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);
/// Splits at spaces and tabs; empty words are left out.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text);

struct Reply {
  int code = 0;
  std::vector<std::string> text;  ///< each line behind the code and its separator

  [[nodiscard]] int severity() const { return code / 100; }
};

/// Collects one reply, line by line.
class ReplyReader {
 public:
  /// smtp: every line has a code, the last line's counts.  ftp: lines between the first and the
  /// one that repeats its code are free text.  postfix: smtp, but lines before the first code are
  /// part of the reply too.
  enum class Grammar { smtp, ftp, postfix };
  enum class Progress { more, complete, malformed };

  explicit ReplyReader(Grammar grammar) : grammar_(grammar) {}
  [[nodiscard]] Progress take(std::string_view line);
  /// The complete reply; the reader is ready for the next one.
  [[nodiscard]] Reply release();

 private:
  Grammar grammar_;
  Reply reply_;
};

}  // namespace dane::probe
