/// \file  Lints of whole configurations, and the lists of a whole table.
#include <catch2/catch.hpp>

#include "lint_world.hpp"

using namespace dane;
using namespace dane::test;

TEST_CASE("a sound configuration gives no finding at all") {
  for (const auto& finding : lint(configuration(sound_main_cf, sound_table)))
    FAIL_CHECK(finding.id << ": " << finding.text);
}

TEST_CASE("the question that started it: main.cf and table of Postfix 2.11") {
  const std::string main_cf =
      "# TLS parameters\n"
      "smtpd_use_tls = yes\n"
      "smtpd_tls_security_level = may\n"
      "smtpd_tls_mandatory_ciphers = high\n"
      "smtp_tls_mandatory_exclude_ciphers = MD5, DES, ADH, RC4, PSD, SRP, 3DES, eNULL \n"
      "smtp_tls_mandatory_protocols = !SSLv2, !SSLv3\n"
      "smtp_tls_protocols = !SSLv2, !SSLv3\n"
      "smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\n"
      "#smtp_tls_per_site = may\n"
      "smtp_tls_loglevel = 2 \n"
      "myhostname = mail.EXAMPLE.com\n"
      "relayhost = \n"
      "virtual_transport = lmtp:unix:private/dovecot-lmtp\n"
      "smtp_tls_security_level = may\n"
      "smtp_tls_policy_maps = hash:/etc/postfix/tls_policy\n"
      "smtp_tls_CApath = /etc/postfix/rootcas/ \n"
      "content_filter = smtp-amavis:[127.0.0.1]:10024\n";
  const std::string table =
      "#/C=US/O=DigiCert Inc/CN=DigiCert High Assurance EV Root CA \n"
      "facebook.com    secure ciphers=high \n"
      "hearst.com      secure match=gslb.pphosted.com ciphers=high \n"
      "fastmail.fm     secure ciphers=high \n";
  const auto read = configuration(main_cf, table, {2, 11, 0});
  CHECK(read.rows.size() == 3);
  const auto findings = lint(read);
  for (const auto& finding : findings) {
    INFO(finding.id << ": " << finding.text);
    CHECK(finding.severity == Severity::note);
  }
  CHECK(find(findings, "protocols-old") != nullptr);
}

TEST_CASE("the lists of a whole table") {
  const std::string table =
      "dead@example.com secure\n"
      "weak.example may\n"
      "example.com secure\n"
      "example.org secure policy_type=sts\n"
      "fine.example dane\n";
  auto main_cf = sound_main_cf;
  const auto read = configuration(main_cf, table, {3, 7, 11});
  std::vector<policy::JudgedDestination> judged;
  const auto add = [&](const std::string& key, World world) {
    world.nexthop = world.key = key;
    world.main_cf = {{"smtp_dns_support_level", "dnssec"}};
    judged.push_back(judge(world));
  };
  World failing;
  failing.entry = "secure";
  failing.servers = {dane_server({"mx1.example.net"})};
  failing.dane = policy::DaneOffer::all;
  add("example.com", failing);
  World fine = failing;
  fine.entry = "dane";
  add("fine.example", fine);
  World unknown = failing;
  unknown.entry = "may";
  unknown.dane = policy::DaneOffer::unknown;
  unknown.lookup_failed = true;
  add("weak.example", unknown);
  const auto lists = policy::make_lists(read, judged);
  auto relayed = read;
  relayed.settings.relayhost = "[smarthost.example]";
  CHECK_FALSE(lists.fails.empty());
  CHECK(policy::make_lists(relayed, judged).fails.empty());
  relayed.assignments["transport_maps"] = {"hash:/etc/postfix/transport", {}, 0};
  CHECK(policy::make_lists(relayed, judged).fails == lists.fails);
  using Keys = std::vector<std::string>;
  CHECK(lists.dead == Keys{"dead@example.com"});
  CHECK(lists.weakens_default == Keys{"weak.example"});
  CHECK(lists.fails == Keys{"example.com", "example.org"});
  CHECK(lists.could_be_dane == Keys{"example.com"});
  CHECK(lists.unknown_attributes == Keys{"example.org"});
}

TEST_CASE("hostile text comes out harmless") {
  auto read = configuration(sound_main_cf, sound_table);
  read.rows = {{"exa\x1b[31mmple.com", "secure match=\x07*.x", "/tmp/a\nb", 1},
               {"x\xffy.example", "sec\x1b", "", 0}};
  for (const auto& finding : lint(read)) {
    INFO(finding.id);
    const auto all = finding.subject + finding.text + finding.advice;
    CHECK(all.find('\x1b') == std::string::npos);
    CHECK(all.find('\x07') == std::string::npos);
    CHECK(all.find('\xff') == std::string::npos);
  }
}

namespace {

bool has(const policy::Configuration& configuration, const std::string& id) {
  const auto findings = lint(configuration);
  return find(findings, id) != nullptr;
}

policy::Configuration with_per_site(const std::string& value) {
  auto read = configuration(
      "compatibility_level = 3.10\nsmtp_tls_security_level = may\nsmtp_tls_loglevel = 1\n"
      "smtp_tls_per_site = hash:/etc/postfix/per_site\nsmtp_tls_mandatory_ciphers = high\n",
      "");
  read.per_site_rows = {{"example.com", value, "/etc/postfix/per_site", 1}};
  return read;
}

}  // namespace

TEST_CASE("levels of smtp_tls_per_site and of other services are in use") {
  CHECK(has(with_per_site("MAY"), "mandatory-without-effect"));
  CHECK_FALSE(has(with_per_site("MAY"), "no-ca"));
  CHECK_FALSE(has(with_per_site("MUST_NOPEERMATCH"), "mandatory-without-effect"));
  CHECK_FALSE(has(with_per_site("must"), "mandatory-without-effect"));
  CHECK(has(with_per_site("must"), "no-ca"));
  auto read = with_per_site("MAY");
  read.other_services = {{"relay", postfix::Level::may, false}};
  CHECK(has(read, "mandatory-without-effect"));
  for (const auto& other : {policy::OtherService{"relay", postfix::Level::encrypt, false},
                            policy::OtherService{"relay", postfix::Level::may, true}}) {
    read.other_services = {other};
    CHECK_FALSE(has(read, "mandatory-without-effect"));
  }
}

TEST_CASE("a host in brackets is named by no MX record") {
  const auto with_entry = [](const std::string& entry) {
    return configuration(sound_main_cf, entry + "\n");
  };
  CHECK(has(with_entry("example.com secure match=hostname"), "match-trusts-dns"));
  CHECK_FALSE(has(with_entry("[mx.example.com] secure match=hostname"), "match-trusts-dns"));
}

TEST_CASE("an entry that authenticates less than the default weakens it") {
  const auto weakens = [](const std::string& by_default, const std::string& entry) {
    return has(configuration(sound_with("smtp_tls_security_level = " + by_default + "\n"),
                             "example.com " + entry + "\n"),
               "entry-weakens-default");
  };
  CHECK(weakens("dane", "encrypt"));
  CHECK(weakens("dane-only", "dane"));
  CHECK(weakens("secure", "dane"));
  CHECK(weakens("secure", "verify"));
  CHECK_FALSE(weakens("secure", "verify match=mx.example.net"));
  CHECK_FALSE(weakens("secure", "secure match=mx.example.net"));
  CHECK_FALSE(weakens("dane", "verify"));
  CHECK_FALSE(weakens("verify", "secure"));
  CHECK_FALSE(weakens("may", "dane"));
}
