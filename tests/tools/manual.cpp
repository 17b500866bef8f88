// Help and manual page say the same: every option stands in the page, every option of the page
// exists, and the page lists exactly the findings that the program knows.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>

#include "dane/check/check.hpp"

#include "tools/tlsa-check/arguments.hpp"

namespace {

using dane::tools::tlsa_check::Arguments;

std::string read_page() {
  std::ifstream in(DANE_SOURCE_DIR "/man/tlsa-check.1");
  std::ostringstream text;
  text << in.rdbuf();
  REQUIRE(text.str().size() > 1000);
  return text.str();
}

/// Options in `.It Fl` lines: mdoc writes --host as "Fl -host".
std::set<std::string> options_of_page(const std::string& page) {
  std::set<std::string> found;
  const std::regex item(R"(\n\.It ((Fl -?[A-Za-z0-9-]+)( ,)?[^\n]*))");
  const std::regex flag(R"(Fl (-?[A-Za-z0-9-]+))");
  for (auto it = std::sregex_iterator(page.begin(), page.end(), item); it != std::sregex_iterator();
       ++it) {
    const std::string line = (*it)[1];
    for (auto f = std::sregex_iterator(line.begin(), line.end(), flag); f != std::sregex_iterator();
         ++f) {
      found.insert("-" + (*f)[1].str());
    }
  }
  return found;
}

std::set<std::string> options_of_program(const CLI::App& app) {
  std::set<std::string> found;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) found.insert("--" + name);
    for (const auto& name : option->get_snames()) found.insert("-" + name);
  }
  return found;
}

}  // namespace

TEST_CASE("The manual page of tlsa-check has exactly the options of the program", "[man]") {
  Arguments arguments;
  const auto app = dane::tools::tlsa_check::make_app(arguments);
  const auto program = options_of_program(*app);
  REQUIRE(program.size() > 20);
  CHECK(options_of_page(read_page()) == program);
}

TEST_CASE("Every option that takes a value names it", "[man]") {
  Arguments arguments;
  const auto app = dane::tools::tlsa_check::make_app(arguments);
  for (const auto* option : app->get_options()) {
    INFO(option->get_name());
    if (option->get_items_expected_max() > 0) CHECK_FALSE(option->get_type_name().empty());
    CHECK_FALSE(option->get_description().empty());
  }
}

TEST_CASE("Help fits a screen", "[man]") {
  Arguments arguments;
  const auto app = dane::tools::tlsa_check::make_app(arguments);
  std::istringstream help(app->help());
  std::string line;
  int lines = 0;
  while (std::getline(help, line)) {
    ++lines;
    INFO(line);
    CHECK(line.size() <= 100);
  }
  CHECK(lines <= 75);
  CHECK(lines > 30);
}

TEST_CASE("The manual page lists exactly the findings", "[man]") {
  const auto page = read_page();
  std::set<std::string> listed;
  const std::regex item(R"(\n\.It Cm ([a-z0-9-]+)\n)");
  for (auto it = std::sregex_iterator(page.begin(), page.end(), item); it != std::sregex_iterator();
       ++it) {
    listed.insert((*it)[1]);
  }
  std::set<std::string> known;
  for (const auto& info : dane::check::finding_catalogue()) known.insert(std::string(info.id));
  REQUIRE(known.size() > 40);
  CHECK(listed == known);
}
