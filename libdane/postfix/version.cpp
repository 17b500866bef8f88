#include "dane/postfix/version.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/core.h>

#include "dane/core/text.hpp"

#include "libdane/postfix/since.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr Version oldest{2, 6, 0};

std::optional<int> number(std::string_view digits) {
  constexpr std::size_t most_digits = 3;
  if (!all_digits(digits) || digits.size() > most_digits) return std::nullopt;
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// "-RC1", "-20260821", "-6.el6": what may follow the numbers.
bool is_suffix(std::string_view text) {
  constexpr std::size_t longest = 40;
  if (text.size() < 2 || text.size() > longest) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-.+~_").find(c) != std::string_view::npos;
  });
}

std::optional<Version> read_version(std::string_view text) {
  const auto dash = text.find('-');
  if (dash != std::string_view::npos && !is_suffix(text.substr(dash))) return std::nullopt;
  text = text.substr(0, dash);
  const auto dots = std::count(text.begin(), text.end(), '.');
  const auto parts = split(text, ".");
  if (dots < 1 || dots > 2 || parts.size() != static_cast<std::size_t>(dots) + 1)
    return std::nullopt;
  const auto major = number(parts[0]);
  const auto minor = number(parts[1]);
  const auto patch = dots == 2 ? number(parts[2]) : std::optional<int>(0);
  if (!major || !minor || !patch) return std::nullopt;
  return Version{*major, *minor, *patch};
}

/// "3.10.4" of our own tables; asked thousands of times.
Version known_release(std::string_view text) {
  std::array<int, 3> parts{};
  std::size_t part = 0;
  for (const char c : text) {
    if (c == '.') {
      ++part;
    } else {
      parts.at(part) = parts.at(part) * 10 + (c - '0');
    }
  }
  return {parts[0], parts[1], parts[2]};
}

MatchEra era_of(const Version& version) {
  if (since(version, "3.10.4 3.11")) return MatchEra::openssl_trusted;
  return since(version, "3.6") ? MatchEra::openssl : MatchEra::own;
}

InsecureMxDefault insecure_mx_of(const Version& version) {
  const bool came = since(version, "3.2.21 3.3.16 3.4.19 3.5.9 3.6");
  const bool went = since(version, "3.6.17 3.7.13 3.8.8 3.9.2 3.10");
  return came && !went ? InsecureMxDefault::by_main_level : InsecureMxDefault::dane;
}

}  // namespace

bool since(const Version& version, std::string_view releases) {
  Version last;
  while (!releases.empty()) {
    const auto end = std::min(releases.find(' '), releases.size());
    last = known_release(releases.substr(0, end));
    if (version.major == last.major && version.minor == last.minor && version >= last) return true;
    releases.remove_prefix(std::min(end + 1, releases.size()));
  }
  return version >= last;
}

std::string Version::to_string() const {
  return fmt::format("{}.{}.{}", major, minor, patch);
}

Result<Version> parse_version(std::string_view text) {
  const auto version = read_version(text);
  if (!version)
    return fail("postfix-version-invalid",
                fmt::format("\"{}\" is not a Postfix version", printable(text, 60)), {},
                "write it as \"3.7.11\"; `postconf mail_version` prints it");
  if (*version < oldest)
    return fail("postfix-version-invalid",
                fmt::format("Postfix {} is not modelled", version->to_string()), {},
                fmt::format("give a version from {} on", oldest.to_string()));
  return *version;
}

Features features_of(const Version& v) {
  Features f;
  f.era = era_of(v);
  f.dane = since(v, "2.11");
  f.eecdh_curves = since(v, "3.2");
  f.key_exchange_groups = since(v, "3.8");
  f.halfdane = since(v, "3.1");
  f.insecure_mx_default = insecure_mx_of(v);
  f.servername = since(v, "3.4");
  f.connection_reuse = since(v, "3.4");
  f.raw_public_keys = since(v, "3.9");
  f.external_policy = since(v, "3.10");
  f.braces = since(v, "3.10");
  f.enforce_sts_mx_patterns = since(v, "3.10.5 3.11");
  f.tls_required_header = since(v, "3.10");
  f.log_tls_field = since(v, "3.11");
  f.protocol_bounds = since(v, "3.6");
  f.names_tls11_and_tls12 = since(v, "2.6.15 2.7.9 2.8.10 2.9.2 2.10");
  f.names_tls13 = since(v, "3.0.14 3.1.10 3.2.7 3.3.2 3.4");
  f.key_exchange_in_summary = since(v, "3.1.10 3.2.7 3.3.2 3.4");
  f.anonymous_word = since(v, "2.8.18 2.9.10 2.10");
  f.untrusted_text = !since(v, "3.6");
  f.match_at_any_high_level = !since(v, "2.11");
  f.policy_checked_before_connect = since(v, "2.11");
  f.multi_label_wildcards = since(v, "2.11") && !since(v, "3.6");
  f.public_key_fingerprints = since(v, "2.9");
  f.md5_fingerprints_by_default = !since(v, "3.6");
  f.security_level_may_by_default = since(v, "3.11");
  f.conditional_expressions = since(v, "3.0");
  f.level_operators = since(v, "3.6");
  f.weak_grades_are_medium = since(v, "3.8");
  f.cipher_fault_aborts = !since(v, "3.4");
  f.null_mx = since(v, "3.0");
  f.nexthop_lists = since(v, "3.5");
  f.logs_setup = !since(v, "2.8");
  return f;
}

}  // namespace dane::postfix
