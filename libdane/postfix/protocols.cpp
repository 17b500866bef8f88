#include "dane/postfix/protocols.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/core.h>

#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::string_view separators = ", \t\r\n:";
constexpr int sslv2 = 0x0002;
constexpr int sslv3 = 0x0300;
constexpr int tls13 = 0x0304;

struct ProtocolName {
  const char* name;
  int version;
};
constexpr std::array protocol_names{
    ProtocolName{"SSLv2", sslv2},    ProtocolName{"SSLv3", 0x0300},
    ProtocolName{"TLSv1", 0x0301},   ProtocolName{"TLSv1.1", 0x0302},
    ProtocolName{"TLSv1.2", 0x0303}, ProtocolName{"TLSv1.3", 0x0304},
};

bool is_named_by(int version, const Features& features) {
  if (version == tls13) return features.names_tls13;
  return version < 0x0302 || features.names_tls11_and_tls12;
}

std::optional<int> find_name(std::string_view name, const Features& features) {
  for (const auto& known : protocol_names) {
    if (same_word(name, known.name) && is_named_by(known.version, features)) return known.version;
  }
  return std::nullopt;
}

/// What follows `>=` or `<=`: a name other than SSLv2, "None", nothing, or hexadecimal digits.
std::optional<int> parse_bound(std::string_view text, const Features& features) {
  if (text.empty() || same_word(text, "None")) return 0;
  const auto named = find_name(text, features);
  if (named) return *named == sslv2 ? std::nullopt : named;
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  unsigned value = 0;
  constexpr unsigned largest = 0x7FFFFFFF;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (stop != end || error != std::errc{} || value > largest) return std::nullopt;
  return static_cast<int>(value);
}

/// Names are collected; the bounds are set at once, so that the last of a kind counts.
class ListReader {
 public:
  ListReader(const Version& version, ProtocolChoice& choice)
      : features_(features_of(version)), choice_(choice) {}

  bool take(std::string_view token) {
    if (features_.protocol_bounds && (token.starts_with(">=") || token.starts_with("<="))) {
      const auto bound = parse_bound(token.substr(2), features_);
      if (bound) (token.front() == '>' ? choice_.floor : choice_.ceiling) = *bound;
      return bound.has_value();
    }
    const bool exclude = token.front() == '!';
    const auto version = find_name(token.substr(exclude ? 1 : 0), features_);
    if (version && *version != sslv2) (exclude ? excluded_ : included_).push_back(*version);
    return version.has_value();
  }

  /// Names to include exclude the others, as far as the version has names for them.
  void finish() {
    for (const auto& [name, version] : protocol_names) {
      const bool named = is_named_by(version, features_) && version != sslv2;
      if (has(excluded_, version) || (named && !included_.empty() && !has(included_, version)))
        choice_.excluded.push_back(version);
    }
  }

 private:
  static bool has(const std::vector<int>& versions, int version) {
    return std::find(versions.begin(), versions.end(), version) != versions.end();
  }

  Features features_;
  ProtocolChoice& choice_;
  std::vector<int> included_;
  std::vector<int> excluded_;
};

bool is_known(int version) {
  return version >= sslv3 && version <= tls13;
}

std::string list_names(const std::vector<int>& versions) {
  std::string names;
  for (const int version : versions) names += (names.empty() ? "" : ", ") + protocol_name(version);
  return names;
}

void remark_on_words(const std::vector<std::string_view>& words, bool bounds,
                     std::vector<std::string>& remarks) {
  bool only_sslv2 = !words.empty();
  for (std::size_t i = 0; i < words.size(); ++i) {
    only_sslv2 = only_sslv2 && same_word(words[i], "SSLv2");
    if (!bounds || (words[i] != ">=" && words[i] != "<=") || i + 1 == words.size()) continue;
    remarks.push_back(fmt::format(
        "\"{0} {1}\" with a space is no bound: \"{0}\" alone bounds nothing and \"{1}\" is a name "
        "to include; write \"{0}{1}\"",
        words[i], as_logged(words[i + 1])));
  }
  if (only_sslv2)
    remarks.push_back("SSLv2 alone includes nothing that exists any more: all protocols stay on");
}

}  // namespace

std::vector<int> ProtocolChoice::allowed() const {
  std::vector<int> versions;
  if (!valid) return versions;
  for (int version = sslv3; version <= tls13; ++version) {
    // OpenSSL refuses a bound that it has no version for, and Postfix goes on without it.
    if (is_known(floor) && version < floor) continue;
    if (is_known(ceiling) && version > ceiling) continue;
    if (std::find(excluded.begin(), excluded.end(), version) == excluded.end())
      versions.push_back(version);
  }
  return versions;
}

std::vector<int> ProtocolChoice::spoken() const {
  std::vector<int> run;
  for (const int version : allowed()) {
    if (version == sslv3) continue;
    if (!run.empty() && run.back() + 1 != version) break;
    run.push_back(version);
  }
  return run;
}

ProtocolChoice parse_protocols(std::string_view list, const Version& version) {
  ProtocolChoice choice;
  ListReader reader(version, choice);
  for (const auto token : split(list, separators)) {
    if (reader.take(token)) continue;
    ProtocolChoice refused;
    refused.valid = false;
    refused.bad_token = token;
    return refused;
  }
  reader.finish();
  return choice;
}

std::string protocol_name(int version) {
  for (const auto& known : protocol_names) {
    if (known.version == version) return known.name;
  }
  return fmt::format("{:04X}", version);
}

std::vector<std::string> explain_protocols(std::string_view list, const Version& version) {
  std::vector<std::string> remarks;
  const auto choice = parse_protocols(list, version);
  if (!choice.valid) {
    remarks.push_back(fmt::format(
        "Postfix {} refuses the whole list because of \"{}\": no TLS session comes about",
        version.to_string(), as_logged(choice.bad_token)));
    return remarks;
  }
  const auto words = split(list, separators);
  remark_on_words(words, features_of(version).protocol_bounds, remarks);
  const auto allowed = choice.allowed();
  const auto spoken = choice.spoken();
  if (spoken.empty()) {
    remarks.push_back("nothing is left: every handshake fails with \"no protocols available\"");
    return remarks;
  }
  if (spoken.back() != allowed.back())
    remarks.push_back(fmt::format("a gap in the list: OpenSSL speaks only {}, below the gap",
                                  list_names(spoken)));
  const bool includes = std::any_of(words.begin(), words.end(), [](std::string_view word) {
    return word.find_first_of("!<>") != 0;
  });
  if (includes && allowed.back() != tls13 && choice.ceiling == 0)
    remarks.push_back(fmt::format(
        "names without \"!\" leave all others out: {} only, TLSv1.3 is off", list_names(allowed)));
  return remarks;
}

}  // namespace dane::postfix
