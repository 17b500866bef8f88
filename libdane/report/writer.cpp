#include "libdane/report/writer.hpp"

#include <algorithm>

#include "libdane/report/phrases.hpp"

namespace dane::report {

namespace {
/// Octets of what must stay on one line at the front of `text`: a word, or a whole TLSA record,
/// "3 1 1 8d02536c...c8bd".
std::size_t unbreakable(std::string_view text) {
  std::size_t end = 0;
  for (int field = 0; field < 3; ++field) {
    const auto digits = text.substr(end, 4).find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos || text[end + digits] != ' ') {
      return std::min(text.find(' '), text.size());
    }
    end += digits + 1;
  }
  const auto data = text.substr(end);
  const auto length = std::min(data.find_first_not_of("0123456789abcdef."), data.size());
  if (length < 8) return std::min(text.find(' '), text.size());
  const auto rest = data.substr(length).find(' ');  // a comma or the like
  return rest == std::string_view::npos ? text.size() : end + length + rest;
}

std::string_view sgr(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\033[1m";
    case Style::dim:
      return "\033[2m";
    case Style::good:
      return "\033[32m";
    case Style::attention:
      return "\033[33m";
    case Style::bad:
      return "\033[1;31m";
  }
  return "";
}
}  // namespace

Style style_of(Status status) {
  switch (status) {
    case Status::ok:
      return Style::good;
    case Status::warning:
    case Status::unknown:
      return Style::attention;
    case Status::critical:
      return Style::bad;
  }
  return Style::plain;
}

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::note:
      return Style::bold;
    case Severity::warning:
    case Severity::unknown:
      return Style::attention;
    case Severity::critical:
      return Style::bad;
  }
  return Style::plain;
}

std::size_t display_width(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

void Writer::append(std::string_view text, Style style) {
  if (text.empty()) return;
  const bool paint = color_ && style != Style::plain;
  if (paint) out_ += sgr(style);
  out_ += text;
  if (paint) out_ += "\033[0m";
  column_ += display_width(text);
}

Writer& Writer::put(std::string_view text, Style style) {
  append(harmless(text), style);
  return *this;
}

Writer& Writer::to_column(std::size_t column) {
  if (column_ < column) append(std::string(column - column_, ' '), Style::plain);
  return *this;
}

Writer& Writer::cell(std::string_view text, std::size_t columns, Style style) {
  const std::size_t end = column_ + columns;
  put(text, style);
  if (column_ >= end) append(" ", Style::plain);
  return to_column(end);
}

void Writer::put_word(std::string_view word, std::size_t hang, Style style) {
  const bool at_start = out_.empty() || column_ <= hang || out_.back() == ' ';
  if (column_ > hang && column_ + (at_start ? 0 : 1) + display_width(word) > width) {
    end_line();
    to_column(hang);
  } else if (!at_start) {
    append(" ", Style::plain);
  }
  append(word, style);
}

Writer& Writer::wrapped(std::string_view text, std::size_t hang, Style style) {
  hang = std::min(hang, width - 30);  // room to read in, however long the cells before were
  const std::string clean = harmless(text);
  std::string_view rest = clean;
  while (!rest.empty()) {
    const auto end = unbreakable(rest);
    if (end > 0) put_word(rest.substr(0, end), hang, style);
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  return *this;
}

Writer& Writer::end_line() {
  while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  out_ += '\n';
  column_ = 0;
  return *this;
}

Writer& Writer::gap() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
  return *this;
}

}  // namespace dane::report
