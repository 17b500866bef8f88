// Help and manual pages say the same: every option stands in the page, every option of the page
// exists, and the page lists exactly the findings that the program knows.
#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>

#include "dane/check/check.hpp"
#include "dane/policy/advice.hpp"

#include "tools/tls-policy-check/arguments.hpp"
#include "tools/tlsa-check/arguments.hpp"

namespace {

/// A tool with its command line; the arguments must outlive the application.
struct Tool {
  std::string name;
  std::unique_ptr<CLI::App> app;
  std::set<std::string> findings;
};

template <class Catalogue>
std::set<std::string> ids(const Catalogue& catalogue) {
  std::set<std::string> out;
  for (const auto& info : catalogue) out.insert(std::string(info.id));
  return out;
}

std::vector<Tool> all_tools() {
  static dane::tools::tlsa_check::Arguments tlsa_check;
  static dane::tools::tls_policy_check::Arguments tls_policy_check;
  std::vector<Tool> tools;
  tools.push_back({"tlsa-check", dane::tools::tlsa_check::make_app(tlsa_check),
                   ids(dane::check::finding_catalogue())});
  tools.push_back({"tls-policy-check", dane::tools::tls_policy_check::make_app(tls_policy_check),
                   ids(dane::policy::finding_catalogue())});
  return tools;
}

std::string read_page(const std::string& tool) {
  std::ifstream in(DANE_SOURCE_DIR "/man/" + tool + ".1");
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

TEST_CASE("A manual page has exactly the options of its program", "[man]") {
  for (const auto& tool : all_tools()) {
    INFO(tool.name);
    const auto program = options_of_program(*tool.app);
    REQUIRE(program.size() > 20);
    CHECK(options_of_page(read_page(tool.name)) == program);
  }
}

TEST_CASE("Every option that takes a value names it", "[man]") {
  for (const auto& tool : all_tools()) {
    for (const auto* option : tool.app->get_options()) {
      INFO(tool.name << " " << option->get_name());
      if (option->get_items_expected_max() > 0) CHECK_FALSE(option->get_type_name().empty());
      CHECK_FALSE(option->get_description().empty());
    }
  }
}

TEST_CASE("Help fits a screen", "[man]") {
  for (const auto& tool : all_tools()) {
    std::istringstream help(tool.app->help());
    std::string line;
    int lines = 0;
    while (std::getline(help, line)) {
      ++lines;
      INFO(tool.name << ": " << line);
      CHECK(line.size() <= 100);
    }
    CHECK(lines <= 75);
    CHECK(lines > 30);
  }
}

TEST_CASE("A manual page lists exactly the findings", "[man]") {
  for (const auto& tool : all_tools()) {
    INFO(tool.name);
    const auto page = read_page(tool.name);
    std::set<std::string> listed;
    const std::regex item(R"(\n\.It Cm ([a-z0-9-]+)\n)");
    for (auto it = std::sregex_iterator(page.begin(), page.end(), item);
         it != std::sregex_iterator(); ++it) {
      listed.insert((*it)[1]);
    }
    REQUIRE(tool.findings.size() > 40);
    CHECK(listed == tool.findings);
  }
}
