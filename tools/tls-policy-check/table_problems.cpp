#include "tools/tls-policy-check/table_problems.hpp"

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::tools::tls_policy_check {

void TableProblems::put(std::string code, std::string what, std::string effect, std::string remedy,
                        bool fatal) {
  list_.push_back(
      {std::move(code), std::move(what), name_, 0, std::move(effect), std::move(remedy), fatal});
}

void TableProblems::add(const std::vector<postfix::ConfigProblem>& problems) {
  list_.insert(list_.end(), problems.begin(), problems.end());
}

/// What Postfix says of mail that a broken table holds up.
std::string_view TableProblems::deferral() const {
  return title_ == "smtp_tls_per_site" ? "\"Temporary lookup error\""
                                       : "\"client TLS configuration problem\"";
}

void TableProblems::unusable(std::string_view error, std::string remedy) {
  put("table-unusable",
      fmt::format("{} cannot be used: {}", printable(name_, 300), printable(error, 300)),
      fmt::format("Postfix defers all mail that needs the table: {}", deferral()),
      std::move(remedy), true);
}

void TableProblems::not_read(std::string_view error, std::string remedy) {
  put("table-not-read", fmt::format("{} was not read: {}", printable(name_, 300), error),
      "what Postfix finds in it is not known here", std::move(remedy));
}

void TableProblems::not_through_proxymap() {
  put("table-not-through-proxymap", "the table is read directly, not through proxymap(8)",
      "Postfix asks its proxymap service, which may see another file or server",
      fmt::format("ask it where Postfix runs: postmap -q KEY {}", printable(name_, 300)));
}

void TableProblems::beside_main_cf(const std::string& found) {
  put("table-beside-main-cf",
      fmt::format("{} does not exist; {} is read in its place", printable(path_), printable(found)),
      fmt::format("where this configuration runs, the file must be where main.cf says, or all mail "
                  "that needs the table is deferred: {}",
                  deferral()),
      fmt::format("see there that {} exists", printable(path_)));
}

void TableProblems::not_compiled() {
  put("table-not-compiled", fmt::format("{} has no compiled table beside it", printable(path_)),
      fmt::format("Postfix cannot open the table: all mail that needs it is deferred with {}",
                  deferral()),
      fmt::format("run postmap {}", printable(name_)), true);
}

void TableProblems::stale(std::size_t entries) {
  put("table-stale",
      fmt::format("{} and its compiled table differ in {} of their entries", printable(path_),
                  entries),
      "Postfix uses the compiled table, and so does this report",
      fmt::format("run postmap {}:{}", type_, printable(path_)));
}

void TableProblems::warning(const std::string& words) {
  put("table-warning", "opening it, postmap warns: " + words,
      "Postfix writes the same to its log, and goes on without what it warns of",
      "correct what the warning names");
}

}  // namespace dane::tools::tls_policy_check
