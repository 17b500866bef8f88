#include "tools/tls-policy-check/arguments.hpp"

#include <CLI/CLI.hpp>

#include "tools/common/command_line.hpp"

namespace dane::tools::tls_policy_check {

namespace {

constexpr auto usage_lines =
    "tls-policy-check [NEXTHOP...]     what Postfix would do; without: every entry of the table\n"
    "       tls-policy-check --nexthop N --mx HOST --level L [--match M]... --chain FILE   "
    "offline\n"
    "       tls-policy-check --replay FILE";

constexpr auto footer =
    "Exit status: 0 ok, 1 warning, 2 critical, 3 unknown or usage error.\n\n"
    "Examples:\n"
    "  tls-policy-check\n"
    "  tls-policy-check example.com '[smtp.relay.example]:587'\n"
    "  tls-policy-check --nexthop example.com --mx mx1.example.net --level secure \\\n"
    "    --chain chain.pem --system-ca\n";

void add_configuration(CLI::App& app, Arguments& a) {
  const char* const group = "Configuration";
  app.add_option("--config-dir", a.config_dir, "Postfix's configuration (/etc/postfix)")
      ->type_name("DIR")
      ->group(group);
  app.add_flag("--without-postfix", a.without_postfix,
               "Read the plain files, not through postconf and postmap")
      ->group(group);
  app.add_option("--policy-table", a.policy_table, "Source text in place of smtp_tls_policy_maps")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--service", a.service, "Delivery service of master.cf (smtp)")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--postfix-version", a.postfix_version, "Judge as this version would")
      ->type_name("V")
      ->group(group);
  app.add_option("--ca-file", a.ca_file, "Trusted CAs, in place of smtp_tls_CAfile and CApath")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--system-ca", a.system_ca, "Trust the system's CAs")->group(group);
}

void add_live(CLI::App& app, Arguments& a) {
  const char* const group = "Servers";
  app.add_flag("-4", a.only_ipv4, "IPv4 only")->group(group);
  app.add_flag("-6", a.only_ipv6, "IPv6 only")->group(group);
  app.add_flag("--tls-required-no", a.tls_required_no,
               "As for a message with the header TLS-Required: no")
      ->group(group);
  app.add_option("--sts-policy", a.sts_policy, "The domain's MTA-STS policy, for a suggestion")
      ->type_name("FILE")
      ->group(group);
}

void add_offline(CLI::App& app, Arguments& a) {
  const char* const group = "Offline";
  app.add_option("--nexthop", a.nexthop, "Next-hop as in the table: example.com, [mx]:587")
      ->type_name("N")
      ->group(group);
  app.add_option("--mx", a.mx, "Name of the MX host")->type_name("HOST")->group(group);
  app.add_option("--level", a.level,
                 "none, may, encrypt, fingerprint, dane, dane-only, verify, secure")
      ->type_name("L")
      ->group(group);
  app.add_option("--match", a.match, "Pattern as in match=, may hold colons; repeatable")
      ->type_name("M")
      ->expected(1, most_values)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--entry", a.entry, "A whole entry in place of --level: 'secure match=...'")
      ->type_name("TEXT")
      ->group(group);
  app.add_option("--chain", a.chain, "The chain, leaf first; - is standard input")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--tlsa", a.tlsa, "TLSA record of the MX host: '3 1 1 HEX'; repeatable")
      ->type_name("RECORD")
      ->expected(1, most_values)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--fingerprint-digest", a.fingerprint_digest,
                 "smtp_tls_fingerprint_digest: md5, sha1, sha256, ...")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--mx-secure", a.mx_secure, "Is the MX RRset signed? yes or no")
      ->type_name("YES|NO")
      ->group(group);
}

Result<void> parse(CLI::App& app, int argc, const char* const* argv, Arguments& a) {
  auto nexthops = parse_arguments(app, argc, argv, {"--match", "--entry"});
  if (!nexthops) return tl::unexpected(nexthops.error());
  a.nexthops = std::move(*nexthops);
  a.match = as_typed(app, "--match");
  a.tlsa = as_typed(app, "--tlsa");
  a.common.resolvers = as_typed(app, "--resolver");
  return {};
}

}  // namespace

std::unique_ptr<CLI::App> make_app(Arguments& a) {
  auto app = new_app(
      {"tls-policy-check", "What would Postfix do with my mail, and why?", usage_lines, footer});
  add_configuration(*app, a);
  add_live(*app, a);
  add_offline(*app, a);
  add_common_options(*app, a.common, "text or json",
                     "All destinations, TLS versions, and the log of deliveries");
  return app;
}

std::optional<int> parse_command_line(int argc, const char* const* argv, Arguments& a) {
  const auto app = make_app(a);
  return parse_or_leave(*app, [&] { return parse(*app, argc, argv, a); });
}

}  // namespace dane::tools::tls_policy_check
