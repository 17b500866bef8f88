#include "libdane/probe/reply.hpp"

#include <algorithm>
#include <utility>

namespace dane::probe {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Three digits, then a space, a hyphen or the end.
bool has_code(std::string_view line) {
  return line.size() >= 3 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]) &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '-');
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

ReplyReader::Progress ReplyReader::take(std::string_view line) {
  const bool first = reply_.text.empty();
  if (!has_code(line)) {
    if (first && grammar_ != Grammar::postfix) return Progress::malformed;
    // Within a reply such a line is legal in FTP, and senders put up with it in SMTP.
    reply_.text.emplace_back(line);
    return Progress::more;
  }
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  const bool goes_on = line.size() > 3 && line[3] == '-';
  if (grammar_ == Grammar::ftp && !first && (code != reply_.code || goes_on)) {
    reply_.text.emplace_back(line);
    return Progress::more;
  }
  reply_.code = code;
  reply_.text.emplace_back(line.size() > 3 ? line.substr(4) : std::string_view{});
  return goes_on ? Progress::more : Progress::complete;
}

Reply ReplyReader::release() {
  return std::exchange(reply_, Reply{});
}

}  // namespace dane::probe
