#include <fmt/core.h>

#include "dane/postfix/settings.hpp"

#include "libdane/postfix/macros.hpp"
#include "libdane/postfix/relations.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr int deepest = 100;
constexpr std::size_t longest_result = 1U << 20U;
constexpr int most_macros = 20'000;
constexpr const char* operators = R"("==" or "!=" or "<" or "<=" or ">=" or ">")";

/// "...before>>>at", as Postfix shows where it stopped.
std::string place(std::string_view before, std::string_view at) {
  return fmt::format("\"...{}>>>{}\"", as_logged(before), as_logged(at.substr(0, 20)));
}

/// The inside of the `{...}` at the front of `text`, behind white space; `text` is moved behind it
/// and the white space that follows.
std::optional<std::string_view> take_braces(std::string_view& text) {
  int depth = 0;
  const auto begin = text.find_first_not_of(white_space);
  for (auto i = begin; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] != '}' || --depth != 0) continue;
    const auto inside = text.substr(begin + 1, i - begin - 1);
    text.remove_prefix(i + 1);
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    return inside;
  }
  return std::nullopt;
}

bool begins_with_brace(std::string_view text) {
  const auto begin = text.find_first_not_of(white_space);
  return begin != std::string_view::npos && text[begin] == '{';
}

class Expander {
 public:
  Expander(const Assignments& assignments, const Version& version)
      : assignments_(assignments), version_(version), features_(features_of(version)) {}

  /// False: an error; see problems().
  bool expand_into(std::string& out, std::string_view text, int depth) {
    const auto [parts, error] = split_macros(text);
    for (const auto& part : parts) {
      if (part.is_macro ? !macro_into(out, part.text, depth) : !append(out, part.text))
        return false;
    }
    return error.empty() || fail_with("config-macro-syntax", error);
  }

  [[nodiscard]] std::vector<ConfigProblem>& problems() { return problems_; }

 private:
  struct Condition {
    bool is_true = false;
    std::string value;
    std::string_view rest;  ///< "?...", ":...", or nothing
  };

  bool macro_into(std::string& out, std::string_view macro, int depth) {
    if (depth > deepest)
      return fail_with("config-macro-nesting", fmt::format("unreasonable macro call nesting: "
                                                           "\"{}\"",
                                                           as_logged(macro)));
    if (++macros_ > most_macros) return too_large();
    Condition condition;
    if (features_.conditional_expressions && begins_with_brace(macro)) {
      if (!read_relation(macro, condition, depth)) return false;
    } else if (!read_name(macro, condition)) {
      return false;
    }
    if (condition.rest.empty()) return expand_into(out, condition.value, depth + 1);
    return choose_into(out, condition, depth);
  }

  bool read_name(std::string_view macro, Condition& condition) {
    constexpr std::string_view octets =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const auto end = std::min(macro.find_first_not_of(octets), macro.size());
    const auto name = macro.substr(0, end);
    condition.rest = macro.substr(end);
    if (!condition.rest.empty() && condition.rest.front() != '?' && condition.rest.front() != ':')
      return fail_with("config-macro-syntax",
                       "attribute name syntax error at: " + place(name, condition.rest));
    if (auto value = look_up(name)) {
      condition.value = std::move(*value);
    } else if (condition.rest.empty()) {
      undefined(name);
    }
    condition.is_true = !condition.value.empty();
    return true;
  }

  /// `{left} op {right}`
  bool read_relation(std::string_view macro, Condition& condition, int depth) {
    const auto whole = macro;
    const auto left = take_braces(macro);
    if (!left) return unbalanced(whole);
    auto length = std::min(macro.find_first_not_of("<>!=?+-*/~&|%"), macro.size());
    if (macro.substr(length).starts_with("level")) length += 5;
    const auto op = macro.substr(0, length);
    if (!is_relation(op, features_.level_operators))
      return fail_with(
          "config-macro-syntax",
          fmt::format("{} expected at: {}", operators, place(fmt::format("{}}}", *left), macro)));
    macro.remove_prefix(length);
    if (!begins_with_brace(macro))
      return fail_with(
          "config-macro-syntax",
          "\"{expression}\" expected at: " + place(fmt::format("{{{}}} {}", *left, op), macro));
    const auto right = take_braces(macro);
    if (!right) return unbalanced(macro);
    std::string a;
    std::string b;
    if (!expand_into(a, *left, depth + 1) || !expand_into(b, *right, depth + 1)) return false;
    const auto truth = holds(a, op, b);
    if (!truth)
      return fail_with("config-macro-syntax", fmt::format("malformed compatibility level syntax: "
                                                          "\"{}\" or \"{}\"",
                                                          as_logged(a), as_logged(b)));
    if (!macro.empty() && macro.front() != '?' && macro.front() != ':')
      return fail_with("config-macro-syntax", "\"?\" or \":\" expected at: " + place("}", macro));
    condition = {*truth, *truth ? "true" : "", macro};
    return true;
  }

  /// `?text`, `:text`, `?{text}:text`
  bool choose_into(std::string& out, const Condition& condition, int depth) {
    auto rest = condition.rest;
    if (rest.front() == '?') {
      rest.remove_prefix(1);
      const auto text = take_operand(rest);
      if (!text) return unbalanced(rest);
      if (condition.is_true && !expand_into(out, *text, depth + 1)) return false;
      if (rest.empty()) return true;
      if (rest.front() != ':')
        return fail_with("config-macro-syntax",
                         "\":\" expected at: " + place(fmt::format("{}}}", *text), rest));
    }
    rest.remove_prefix(1);
    const auto text = take_operand(rest);
    if (!text) return unbalanced(rest);
    if (!condition.is_true && !expand_into(out, *text, depth + 1)) return false;
    if (rest.empty()) return true;
    return fail_with("config-macro-syntax",
                     "unexpected input at: " + place(fmt::format("{}}}", *text), rest));
  }

  std::optional<std::string_view> take_operand(std::string_view& rest) const {
    if (features_.conditional_expressions && begins_with_brace(rest)) return take_braces(rest);
    const auto text = rest;
    rest = {};
    return text;
  }

  [[nodiscard]] std::optional<std::string> look_up(std::string_view name) const {
    const auto found = assignments_.find(name);
    if (found != assignments_.end()) return found->second.value;
    return default_of(name, version_);
  }

  bool append(std::string& out, std::string_view text) {
    if (out.size() + text.size() > longest_result) return too_large();
    out += text;
    return true;
  }

  bool fail_with(std::string code, std::string what) {
    auto last_words = what + "\ndictionary mail_dict: macro processing error";
    problems_.push_back({std::move(code),
                         std::move(what),
                         {},
                         0,
                         "every Postfix program that needs the parameter ends: \"fatal: dictionary "
                         "mail_dict: macro processing error\"",
                         "correct the $name or ${...}; write $$ for a plain $",
                         true,
                         std::move(last_words)});
    return false;
  }

  bool unbalanced(std::string_view text) {
    return fail_with(
        "config-macro-syntax",
        fmt::format("unbalanced {{}} in attribute expression: \"{}\"", as_logged(text)));
  }

  bool too_large() {
    problems_.push_back({"config-expansion-too-large",
                         "the value expands to too much text",
                         {},
                         0,
                         "Postfix would go on until its memory or its patience ends",
                         "make the parameters refer to each other less",
                         true});
    return false;
  }

  void undefined(std::string_view name) {
    constexpr std::size_t most = 20;
    if (problems_.size() >= most) return;
    problems_.push_back(
        {"config-undefined-parameter",
         fmt::format("${} is neither set nor a parameter known here", as_logged(name)),
         {},
         0,
         "Postfix puts nothing in its place",
         "correct the name or set it"});
  }

  const Assignments& assignments_;
  const Version& version_;
  Features features_;
  std::vector<ConfigProblem> problems_;
  int macros_ = 0;
};

}  // namespace

Expanded expand(std::string_view text, const Assignments& assignments, const Version& version) {
  Expander expander(assignments, version);
  std::string out;
  const bool whole = expander.expand_into(out, text, 0);
  return {whole ? std::move(out) : std::string(text), std::move(expander.problems())};
}

}  // namespace dane::postfix
