#include "tools/tlsa-check/arguments.hpp"

#include <CLI/CLI.hpp>

namespace dane::tools::tlsa_check {

namespace {

constexpr auto usage_lines =
    "tlsa-check DOMAIN...                        a mail domain, as a DANE sender meets it\n"
    "       tlsa-check --host HOST[:PORT] [--starttls P]     one service\n"
    "       tlsa-check DOMAIN --cert FILE [--key FILE]       rehearse a renewal\n"
    "       tlsa-check --chain FILE --tlsa RECORD... --name NAME...   offline\n"
    "       tlsa-check --replay FILE";

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
  app.add_option("domain", a.domains, "Mail domains")->type_name("DOMAIN")->group("");
  app.add_option("--host", a.host, "One service instead of a mail domain")
      ->type_name("HOST[:PORT]")
      ->group(group);
  app.add_option("--starttls", a.starttls, "smtp, imap, pop3, sieve, ldap, xmpp, ftp or none")
      ->type_name("PROTO")
      ->group(group);
  app.add_option("--port", a.port, "Port of the service (25)")->type_name("N")->group(group);
  app.add_flag("-4", a.only_ipv4, "IPv4 only")->group(group);
  app.add_flag("-6", a.only_ipv6, "IPv6 only")->group(group);
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
  app.add_option("--tlsa", a.tlsa, "TLSA record, e.g. '3 1 1 HEX'; repeatable")
      ->type_name("RECORD")
      ->group(group);
  app.add_option("--name", a.names, "Reference name, the base domain first; .name: any sub-domain")
      ->type_name("NAME")
      ->group(group);
}

}  // namespace

std::unique_ptr<CLI::App> make_app(Arguments& a) {
  auto app = std::make_unique<CLI::App>("Would DANE senders deliver to me, and if not, why?",
                                        "tlsa-check");
  app->formatter(std::make_shared<OneScreen>());
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

}  // namespace dane::tools::tlsa_check
