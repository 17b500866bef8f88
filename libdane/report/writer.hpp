/// \file  Lines of text with indentation, wrapping and colour.  Internal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dane/core/finding.hpp"

namespace dane::report {

enum class Style { plain, bold, dim, good, attention, bad };

[[nodiscard]] Style style_of(Status status);
[[nodiscard]] Style style_of(Severity severity);

/// Everything that is put goes through harmless(); the only escape sequences in the output are the
/// colours, when asked for.
class Writer {
 public:
  static constexpr std::size_t width = 96;

  explicit Writer(bool color) : color_(color) {}

  Writer& put(std::string_view text, Style style = Style::plain);
  /// `text` and blanks up to `columns`; at least one blank.
  Writer& cell(std::string_view text, std::size_t columns, Style style = Style::plain);
  /// Blanks up to column `column` (from 0).
  Writer& to_column(std::size_t column);
  /// `text` broken at blanks to fit the width; further lines start at column `hang`.  A word that
  /// does not fit (a digest) is not broken.
  Writer& wrapped(std::string_view text, std::size_t hang, Style style = Style::plain);
  Writer& end_line();
  /// One empty line, but never two and never at the top.
  Writer& gap();

  [[nodiscard]] std::size_t column() const { return column_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void put_word(std::string_view word, std::size_t hang, Style style);
  void append(std::string_view harmless_text, Style style);

  bool color_;
  std::string out_;
  std::size_t column_ = 0;
};

/// Columns that valid UTF-8 takes, one a code point.
[[nodiscard]] std::size_t display_width(std::string_view utf8);

}  // namespace dane::report
