#include "tools/tlsa-check/arguments.hpp"

#include <CLI/CLI.hpp>

#include "tools/common/diagnostics.hpp"
#include "tools/common/usage.hpp"

namespace dane::tools::tlsa_check {

namespace {

constexpr int most_values = 1'000'000;  // below what CLI11 takes for a list without an end

constexpr auto usage_lines =
    "tlsa-check DOMAIN...                        a mail domain, as a DANE sender meets it\n"
    "       tlsa-check --host HOST[:PORT] [--starttls P]     one service\n"
    "       tlsa-check DOMAIN --cert FILE [--key FILE]       rehearse a renewal\n"
    "       tlsa-check --chain FILE --tlsa RECORD... [--name NAME...]   offline\n"
    "       tlsa-check --replay FILE [DOMAIN...]";

constexpr auto footer =
    "Exit status: 0 ok, 1 warning, 2 critical, 3 unknown or usage error.\n\n"
    "Examples:\n"
    "  tlsa-check example.com\n"
    "  tlsa-check example.com --cert /etc/letsencrypt/live/mx.example.com/fullchain.pem\n"
    "  tlsa-check --chain fullchain.pem --tlsa '3 1 1 8D02...' --name mx.example.com\n";

class OneScreen final : public CLI::Formatter {
 public:
  OneScreen() { column_width(30); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return std::string("Usage: ") + usage_lines + "\n";
  }
};

void add_what(CLI::App& app, Arguments& a) {
  const char* const group = "What to check";
  app.add_option("--host", a.host, "One service instead of a mail domain")
      ->type_name("HOST[:PORT]")
      ->group(group);
  app.add_option("--starttls", a.starttls, "smtp, imap, pop3, sieve, ldap, xmpp, ftp or none")
      ->type_name("PROTO")
      ->group(group);
  app.add_option("--port", a.port, "Port of the service (25)")->type_name("N")->group(group);
  app.add_flag("-4", a.only_ipv4, "IPv4 only")->group(group);
  app.add_flag("-6", a.only_ipv6, "IPv6 only")->group(group);
  app.add_flag("--without-sni", a.without_sni, "Try once more without a server name (SNI)")
      ->group(group);
  app.add_option("--reference-host", a.reference_host,
                 "Tried when nothing answers: is port 25 blocked? ('': none)")
      ->type_name("HOST")
      ->group(group);
}

void add_judgement(CLI::App& app, Arguments& a) {
  const char* const group = "How to judge";
  app.add_flag("--require-dane", a.require_dane, "Absence of DANE is critical")->group(group);
  app.add_option("--days", a.days, "Warn when a needed date is so near (14)")
      ->type_name("N")
      ->group(group);
  app.add_option("--profile", a.profile, "smtp (usages 0 and 1 unusable) or any")
      ->type_name("NAME")
      ->group(group);
  app.add_flag("--check-ee-names", a.check_ee_names, "Check names for usage 3 too")->group(group);
  app.add_option("--ca-file", a.ca_file, "Trust anchors for usages 0 and 1")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--no-ca", a.no_ca, "No trust anchors for usages 0 and 1")->group(group);
}

void add_rehearsal(CLI::App& app, Arguments& a) {
  const char* const group = "Renewal rehearsal";
  app.add_option("--cert", a.cert, "The new chain: would it pass against all that is published?")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--key", a.key, "Its key, to see that the two belong together")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--authority", a.authorities, "Ask this server, not the zone's; repeatable")
      ->type_name("ADDR[@PORT]")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--authority-port", a.authority_port, "Port of the zone's servers (53)")
      ->type_name("N")
      ->group(group);
}

void add_offline(CLI::App& app, Arguments& a) {
  const char* const group = "Offline";
  app.add_option("--chain", a.chain, "The chain, leaf first; - is standard input")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--tlsa", a.tlsa, "TLSA record: '3 1 1 HEX' or a line of a zone; repeatable")
      ->type_name("RECORD ...")
      ->expected(1, most_values)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--name", a.names, "Reference name, the base domain first; .name: any sub-domain")
      ->type_name("NAME ...")
      ->expected(1, most_values)
      ->allow_extra_args(false)
      ->group(group);
}

/// CLI11's own sentences are for programmers.
Error explain(const CLI::ParseError& fault) {
  const std::string said = fault.what();
  const auto option = said.substr(0, said.find(':'));
  const std::string hint = "see tlsa-check --help";
  if (fault.get_exit_code() != static_cast<int>(CLI::ExitCodes::ArgumentMismatch))
    return {"usage", said, {}, hint};
  if (said.find("received") != std::string::npos)
    return {"usage", option + " is given more than once", {}, "give it once"};
  return {"usage", option + " needs a value", {}, hint};
}

/// "--save=" would take the next argument for its value.
Result<void> refuse_bare_equals(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    if (argument.size() > 3 && argument.starts_with("--") &&
        argument.find('=') == argument.size() - 1)
      return usage_error(shown(argument, 64) + " has no value",
                         argument == "--reference-host="
                             ? "write --reference-host '' to ask no other host"
                             : "write the value behind the =");
  }
  return {};
}

/// What is no option and no value is a mail domain, literally: CLI11 would make a list of "[a,b]".
Result<std::vector<std::string>> take_domains(const CLI::App& app) {
  std::vector<std::string> domains;
  bool options_ended = false;
  for (auto& text : app.remaining()) {
    if (text == "--" && !options_ended)
      options_ended = true;
    else if (text.starts_with('-') && text.size() > 1 && !options_ended)
      return usage_error("unknown option '" + shown(text, 64) + "'", "see tlsa-check --help");
    else
      domains.push_back(std::move(text));
  }
  return domains;
}

Result<void> parse(CLI::App& app, int argc, const char* const* argv, Arguments& a) {
  if (const auto fine = refuse_bare_equals(argc, argv); !fine) return fine;
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success&) {  // --help, --version
    throw;
  } catch (const CLI::ParseError& fault) {
    return tl::unexpected(explain(fault));
  }
  auto domains = take_domains(app);
  if (!domains) return tl::unexpected(domains.error());
  a.domains = std::move(*domains);
  // As typed: CLI11's lists know "{}" and leave out what is empty.
  a.tlsa = app.get_option("--tlsa")->results();
  a.names = app.get_option("--name")->results();
  a.authorities = app.get_option("--authority")->results();
  a.common.resolvers = app.get_option("--resolver")->results();
  return {};
}

}  // namespace

std::unique_ptr<CLI::App> make_app(Arguments& a) {
  auto app = std::make_unique<CLI::App>("Would DANE senders deliver to me, and if not, why?",
                                        "tlsa-check");
  app->formatter(std::make_shared<OneScreen>());
  app->allow_extras();
  app->set_version_flag("--version", "tlsa-check (dane-tools) " DANE_VERSION);
  app->get_option("--help")->group("Output");
  app->get_option("--version")->group("Output");
  add_what(*app, a);
  add_judgement(*app, a);
  add_rehearsal(*app, a);
  add_offline(*app, a);
  add_common_options(*app, a.common, "text, json, nagios or prometheus");
  app->footer(footer);
  return app;
}

std::optional<int> parse_command_line(int argc, const char* const* argv, Arguments& a) {
  const auto app = make_app(a);
  try {
    const auto parsed = parse(*app, argc, argv, a);
    if (parsed) return std::nullopt;
    print_error("tlsa-check", parsed.error());
    return exit_unknown;
  } catch (const CLI::Success& wanted) {
    return app->exit(wanted);
  }
}

}  // namespace dane::tools::tlsa_check
