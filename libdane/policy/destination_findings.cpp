/// \file  What is to be said of a destination, whichever server it is.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/policy/findings.hpp"
#include "libdane/policy/lint_view.hpp"
#include "libdane/policy/routing.hpp"

namespace dane::policy {

namespace {

using postfix::Level;
using postfix::LevelSource;

std::string titled(const Case& c, const std::string& detail) {
  return detail.empty() ? c.nexthop() : c.nexthop() + " " + detail;
}

std::string where(const JudgedDestination& judged) {
  if (!judged.site.row) return {};
  const auto place = place_of(*judged.site.row);
  return place.empty() ? std::string() : "(" + place + ")";
}

std::string fault_text(const Case& c, bool table_failed) {
  const auto& site = c.judged.site;
  if (site.never_starts)
    return fmt::format(
        "Postfix's client ends at its start, again and again: all mail waits in the "
        "queue, without a line about any delivery. It logs: fatal: {}.",
        printable(site.fault->warning));
  std::string what = "Postfix refuses the policy and does not guess";
  if (table_failed)
    what = "The policy table could not be asked";
  else if (site.fault->other_version)
    what = fmt::format("Postfix {} does not know what the policy says, and does not guess",
                       c.version());
  return fmt::format("{}: {} ({} {}). It warns: {}.", what,
                     c.never_found() ? "once DNS knows the destination, all mail to it will wait"
                                     : "all mail to this destination waits",
                     site.dsn.empty() ? "4.7.5" : site.dsn,
                     site.text.empty() ? "client TLS configuration problem" : printable(site.text),
                     printable(site.fault->warning));
}

std::string fault_advice(const Case& c, bool table_failed) {
  if (table_failed)
    return fmt::format(
        "Ask it by hand: postmap -q {} MAP, for each map of postconf -h "
        "smtp_tls_policy_maps; mend the server or the file behind it. {}",
        c.key(), sentence(c.judged.site.fault->remedy));
  if (const auto& row = c.judged.site.row) {
    if (auto likely = likely_mistake(row->value, *c.judged.site.fault); !likely.empty())
      return likely;
  }
  const auto remedy = sentence(c.judged.site.fault->remedy);
  return remedy.empty() ? "Correct the entry, then run postmap on the table's file." : remedy;
}

Finding table_not_read(const Case& c) {
  return make_finding(
      Severity::unknown, "policy-table-not-read", {"P24"}, c.nexthop(),
      fmt::format(
          "What the policy says of this destination could not be found out: {}. What Postfix "
          "does with the mail is not known.",
          printable(c.judged.site.fault->warning)),
      "Run this where Postfix and its tables are, without --without-postfix.");
}

std::size_t failing(const Case& c) {
  return static_cast<std::size_t>(
      std::ranges::count_if(c.judged.servers, [](const JudgedServer& server) {
        const auto cause = cause_of(server);
        return is_failure(cause) && cause != Cause::not_reached;
      }));
}

Finding some_fail(const Case& c, std::size_t failed) {
  const auto total = c.judged.servers.size();
  return make_finding(
      Severity::warning, "policy-some-mx-fail", {"P7"}, c.nexthop(),
      fmt::format(
          "Mail is delivered by way of another server, but {} of {} would not get it: while "
          "the others are down, all mail to this destination waits.",
          failed, count(total, "server")),
      "See the findings about each server.");
}

Finding untestable(const Case& c) {
  return make_finding(
      Severity::unknown, "policy-untestable", {"P2"}, c.nexthop(),
      "No server of this destination could be tested from here, so nothing is known of their "
      "certificates.",
      "Try again later, with a longer --timeout where a server was slow. If no destination at all "
      "can be reached, the network of this machine "
      "blocks port 25: run this on the mail server itself, or give the chain with --chain FILE.");
}

bool any_dane_level(const JudgedDestination& judged) {
  return postfix::is_dane(judged.site.level) ||
         std::ranges::any_of(judged.servers, [](const JudgedServer& server) {
           const auto* policy = usable_policy(server);
           return policy && postfix::is_dane(policy->level);
         });
}

std::string offer_words(const JudgedDestination& judged) {
  const bool refuses = std::ranges::any_of(judged.servers, [](const JudgedServer& server) {
    return server.dane_authenticates == false;
  });
  if (refuses)
    return "The destination publishes TLSA records that do not fit what a server of it presents: "
           "level dane would not deliver there. Run tlsa-check to see why, and tell its "
           "postmaster.";
  const bool seen = std::ranges::any_of(
      judged.servers, [](const JudgedServer& server) { return server.dane_authenticates == true; });
  const bool one_not_seen = judged.dane == DaneOffer::all &&
                            std::ranges::any_of(judged.servers, [](const JudgedServer& server) {
                              return has_chain(server) && !server.dane_authenticates;
                            });
  if (!seen || one_not_seen)
    return "The destination publishes usable TLSA records. Whether they fit what its servers "
           "present was not seen: run tlsa-check before you think of level dane.";
  return judged.dane == DaneOffer::all
             ? "The destination publishes usable TLSA records, signed with DNSSEC, at every MX "
               "host: level dane would authenticate it without a list of names to maintain."
             : "The destination publishes usable TLSA records at some of its MX hosts: level dane "
               "would authenticate those, and no others.";
}

Finding dane_available(const Case& c) {
  return make_finding(Severity::note, "policy-dane-available", {"P19", "P26"}, c.nexthop(),
                      offer_words(c.judged));
}

Finding mta_sts_available(const Case& c) {
  const auto domain = printable(c.judged.destination.domain, 128);
  return make_finding(
      Severity::note, "policy-mta-sts-available", {"P30"}, c.nexthop(),
      fmt::format(
          "The destination announces an MTA-STS policy, which lists its MX hosts. To derive "
          "an entry from it: curl -fsS https://mta-sts.{0}/.well-known/mta-sts.txt -o FILE, "
          "then run this again with --sts-policy FILE.",
          domain));
}

}  // namespace

Findings lookup_findings(const Case& c) {
  if (!c.judged.lookup_failed) return {};
  const auto said =
      c.judged.outcome.text.empty() ? "" : ": " + printable(c.judged.outcome.text, 200);
  return {make_finding(
      Severity::unknown, "policy-dns-failed", {"P24"}, c.nexthop(),
      fmt::format("DNS did not answer, so nothing is known of this destination{}. A lookup that "
                  "failed is not the same as no record.",
                  said),
      fmt::format("Try again, and with another resolver: --resolver ADDR. If it goes on failing: "
                  "delv {} MX.",
                  printable(c.judged.destination.domain, 128)))};
}

Findings entry_findings(const Case& c) {
  Findings out;
  const auto& site = c.judged.site;
  if (site.unknown) return {table_not_read(c)};
  if (site.fault) {
    const bool table =
        site.source == LevelSource::policy_table || site.source == LevelSource::per_site;
    const bool no_row = table && !site.row;
    const auto id = no_row                      ? "policy-table-lookup-failed"
                    : site.fault->other_version ? "policy-entry-unknown-to-version"
                                                : "policy-entry-invalid";
    out.push_back(make_finding(Severity::critical, id, no_row ? Rules{"P24"} : Rules{"P22", "P23"},
                               titled(c, where(c.judged)), fault_text(c, no_row),
                               fault_advice(c, no_row)));
  }
  for (const auto& warning : without_prefix(site.warnings)) {
    if (site.fault) break;
    out.push_back(make_finding(
        Severity::warning, "policy-entry-warning", {"P22"}, titled(c, where(c.judged)),
        fmt::format("Postfix warns of the policy, and goes on: {}.", printable(warning)),
        "Take out of the entry what Postfix ignores."));
  }
  return out;
}

Findings outcome_findings(const Case& c) {
  const auto& judged = c.judged;
  if (judged.lookup_failed || judged.site.fault) return {};
  if (judged.unreached) return {untestable(c)};
  const auto failed = failing(c);
  if (c.delivered && failed > 0) return {some_fail(c, failed)};
  return {};
}

Findings offer_findings(const Case& c) {
  Findings out;
  const auto& judged = c.judged;
  const bool offers = judged.dane == DaneOffer::all || judged.dane == DaneOffer::some;
  if (offers && !any_dane_level(judged)) out.push_back(dane_available(c));
  const bool verified = !judged.servers.empty() &&
                        std::ranges::all_of(judged.servers, [](const JudgedServer& server) {
                          return cause_of(server) == Cause::verified;
                        });
  if (judged.publishes_mta_sts && judged.sts_patterns.empty() && !verified &&
      judged.dane != DaneOffer::all)
    out.push_back(mta_sts_available(c));
  return out;
}

Findings destination_findings(const Case& c) {
  Findings out = lookup_findings(c);
  const auto add = [&](const Findings& more) { out.insert(out.end(), more.begin(), more.end()); };
  add(entry_findings(c));
  Findings servers;
  const auto add_server = [&](const Findings& more) {
    servers.insert(servers.end(), more.begin(), more.end());
  };
  if (!c.judged.site.fault) {
    for (const auto& server : c.judged.servers) {
      add_server(connection_findings(c, server));
      add_server(trust_findings(c, server));
      add_server(fingerprint_findings(c, server));
      add_server(name_findings(c, server));
      add_server(dane_findings(c, server));
      add_server(delivery_findings(c, server));
    }
  }
  add(merge_subjects(servers, c.nexthop() + ": "));
  add(route_findings(c));
  add(outcome_findings(c));
  add(offer_findings(c));
  std::ranges::stable_sort(
      out, [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return with_bypass(c, std::move(out));
}

std::string Case::nexthop() const {
  return printable(judged.destination.text, 128);
}

std::string Case::fate() const {
  if (!judged.goes_on_to.empty())
    return fmt::format("mail goes on to {} of {}", printable(judged.goes_on_to, 64),
                       judged.goes_on_by);
  return judged.outcome.delivery == postfix::Delivery::bounced ? "mail is bounced"
                                                               : "mail is deferred";
}

std::string Case::key() const {
  return lower(nexthop());
}

Case make_case(const JudgedDestination& judged, const Context& context) {
  return {.judged = judged,
          .context = context,
          .features = postfix::features_of(context.settings.version),
          .delivered = judged.outcome.delivery == postfix::Delivery::delivered};
}

}  // namespace dane::policy
