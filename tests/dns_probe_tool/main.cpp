/// \file  dane-lookup-probe: one validated lookup a line, for comparing validators zone by zone.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "dane/core/parallel.hpp"
#include "dane/dns/resolvers.hpp"

namespace {

using namespace dane;

struct Options {
  std::vector<std::string> resolvers;
  std::string validator = "unbound";
  std::string anchor = "/usr/share/dns/root.key";
  double timeout = 10;
  std::size_t jobs = 8;
  bool authority = false;
  bool verbose = false;
  std::vector<std::string> questions;
};

std::string describe(const dns::LookupOutcome& outcome, bool verbose) {
  return std::visit(
      overloaded{
          [&](const Found<dns::Answer>& f) {
            std::string line = fmt::format("found {} n={} canonical={} aliases={} signatures={}",
                                           to_string(f.security), f.value.rdata.size(),
                                           f.value.canonical_name.to_string(),
                                           f.value.aliases.size(), f.value.signatures.size());
            if (verbose) {
              line += fmt::format(" ttl={} size={}", f.ttl.count(), f.value.message_size);
              for (const auto& rdata : f.value.rdata) line += " " + to_hex(rdata);
            }
            return line;
          },
          [&](const Absent& a) {
            std::string line = fmt::format("absent {} {}", to_string(a.security),
                                           a.name_exists ? "nodata" : "nxdomain");
            if (verbose) line += fmt::format(" ttl={}", a.negative_ttl.count());
            return line;
          },
          [](const Failed& f) { return fmt::format("failed {}: {}", to_string(f.kind), f.what); }},
      outcome);
}

Result<dns::Question> parse_question(const std::string& line) {
  std::istringstream words(line);
  std::string name, type;
  words >> name >> type;
  auto owner = DomainName::parse_presentation(name);
  if (!owner) return tl::unexpected(owner.error());
  auto kind = dns::parse_record_type(type);
  if (!kind) return tl::unexpected(kind.error());
  return dns::Question{std::move(*owner), *kind};
}

int complain(const Error& e) {
  fmt::print(stderr, "dane-lookup-probe: error: {}: {} {}\n", e.code, e.what, e.where);
  return 3;
}

int run(const Options& options) {
  dns::ResolverOptions setup;
  setup.trust_anchor = options.anchor;
  for (const auto& text : options.resolvers) {
    auto endpoint = parse_endpoint(text, 53);
    if (!endpoint) return complain(endpoint.error());
    setup.upstreams.push_back(*endpoint);
  }
  auto validator = dns::parse_validator(options.validator);
  if (!validator) return complain(validator.error());
  std::unique_ptr<dns::Resolver> resolver;
  if (!options.authority) {
    auto made = dns::make_resolver(*validator, setup);
    if (!made) return complain(made.error());
    resolver = std::move(*made);
  }
  const auto client = dns::make_authority_client();

  std::vector<dns::Question> questions;
  auto lines = options.questions;
  if (lines.empty()) {
    for (std::string line; std::getline(std::cin, line);) {
      if (!line.empty() && line[0] != '#') lines.push_back(line);
    }
  }
  for (const auto& line : lines) {
    auto question = parse_question(line);
    if (!question) return complain(question.error());
    questions.push_back(*question);
  }
  const auto patience =
      std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout * 1000));
  const auto outcomes = map_concurrently(questions, options.jobs, [&](const dns::Question& q) {
    const Deadline deadline = std::chrono::steady_clock::now() + patience;
    return options.authority ? client->query(setup.upstreams.front(), q, deadline)
                             : resolver->lookup(q, deadline);
  });
  for (std::size_t i = 0; i < questions.size(); ++i)
    fmt::print("{}: {}\n", questions[i].to_string(), describe(outcomes[i], options.verbose));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Looks up each 'NAME TYPE' (arguments or lines of standard input)"};
  app.add_option("--resolver", options.resolvers, "ADDR[@PORT] to ask")->required();
  app.add_option("--validator", options.validator, "unbound, getdns, both or ad");
  app.add_option("--trust-anchor", options.anchor, "file of DNSKEY or DS records");
  app.add_option("--timeout", options.timeout, "seconds a lookup");
  app.add_option("--jobs", options.jobs, "lookups at once");
  app.add_flag("--authority", options.authority, "ask as an authoritative server, no validation");
  app.add_flag("-v", options.verbose, "TTL, size and record data too");
  app.add_option("question", options.questions, "'NAME TYPE'");
  CLI11_PARSE(app, argc, argv);
  return run(options);
}
