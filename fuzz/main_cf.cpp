/// main.cf and its macros: problems are printable and complete, and expansion is bounded.
#include "dane/core/text.hpp"
#include "dane/postfix/settings.hpp"

#include "fuzz/check.hpp"

using namespace dane;
using namespace dane::postfix;

namespace {

void check_problems(const std::vector<ConfigProblem>& problems) {
  for (const auto& problem : problems) {
    fuzz::check(!problem.code.empty() && !problem.effect.empty() && !problem.remedy.empty());
    for (const auto* text : {&problem.what, &problem.effect})
      fuzz::check(is_utf8(*text) && text->find_first_of("\n\r\x1b") == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = parse_main_cf(fuzz::text(data, size), "main.cf");
  check_problems(read.problems);
  for (const auto& [name, assignment] : read.assignments) {
    fuzz::check(!name.empty() && name.find_first_of("= \t\n") == std::string::npos);
    fuzz::check(assignment.line > 0);
    const auto expanded = expand(assignment.value, read.assignments, Version{});
    fuzz::check(expanded.text.size() <= (1U << 20U) + size);
    if (assignment.value.find('$') == std::string::npos)
      fuzz::check(expanded.text == assignment.value && expanded.problems.empty());
    check_problems(expanded.problems);
  }
  const auto evaluated = evaluate_settings(read.assignments, Version{});
  check_problems(evaluated.problems);
  const auto level = global_level(evaluated.settings);
  fuzz::check(level.level != Level::half_dane && !level.source.empty());
  return 0;
}
