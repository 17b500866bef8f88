#include "tools/tlsa-check/arguments.hpp"

#include <CLI/CLI.hpp>

#include "tools/common/command_line.hpp"

namespace dane::tools::tlsa_check {

namespace {

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

Result<void> parse(CLI::App& app, int argc, const char* const* argv, Arguments& a) {
  auto domains = parse_arguments(app, argc, argv, {"--reference-host"});
  if (!domains) return tl::unexpected(domains.error());
  a.domains = std::move(*domains);
  a.tlsa = as_typed(app, "--tlsa");
  a.names = as_typed(app, "--name");
  a.authorities = as_typed(app, "--authority");
  a.common.resolvers = as_typed(app, "--resolver");
  return {};
}

}  // namespace

std::unique_ptr<CLI::App> make_app(Arguments& a) {
  auto app = new_app(
      {"tlsa-check", "Would DANE senders deliver to me, and if not, why?", usage_lines, footer});
  add_what(*app, a);
  add_judgement(*app, a);
  add_rehearsal(*app, a);
  add_offline(*app, a);
  add_common_options(*app, a.common, "text, json, nagios or prometheus",
                     "Show digests and details in full");
  return app;
}

std::optional<int> parse_command_line(int argc, const char* const* argv, Arguments& a) {
  const auto app = make_app(a);
  return parse_or_leave(*app, [&] { return parse(*app, argc, argv, a); });
}

}  // namespace dane::tools::tlsa_check
