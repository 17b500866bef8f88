/// \file  Alias chains over several replies.
#include "libdane/dns/follow.hpp"

#include <map>

#include <catch2/catch.hpp>

#include "tests/dns/fake_server.hpp"

using namespace dane;
using namespace std::chrono_literals;
using dns::Question;
using dns::RecordType;
using test::name;

TEST_CASE("partial alias chains are completed", "[follow]") {
  std::vector<std::string> asked;
  const auto replies = [&](std::map<std::string, std::pair<test::Reply, Security>> script) {
    return [&asked, script](const Question& q) -> dns::Asked {
      asked.push_back(q.name.to_string());
      const auto found = script.find(q.name.to_string());
      if (found == script.end()) return Failed{FailureKind::timeout, "silence", q.to_string(), ""};
      const auto query = test::make_query(q.name.to_string() + ".", to_string(q.type));
      auto m = dns::decode_message(test::make_reply(query, found->second.first), q);
      if (!m) return Failed{FailureKind::malformed, m.error().what, q.to_string(), ""};
      return dns::Reply{*m, found->second.second};
    };
  };
  const Question question{name("a.example"), RecordType::a};
  const test::Reply hop{.answer = {"a.example. 90 IN CNAME b.example."}};

  SECTION("secure, then secure") {
    const auto out = dns::lookup_following(
        question,
        replies({{"a.example", {hop, Security::secure}},
                 {"b.example", {{.answer = {"b.example. 30 IN A 192.0.2.1"}}, Security::secure}}}));
    const auto& found = std::get<Found<dns::Answer>>(out);
    CHECK(found.security == Security::secure);
    CHECK(found.ttl == 30s);
    CHECK(found.value.aliases.size() == 1);
    CHECK(found.value.canonical_name == name("b.example"));
    CHECK(asked == std::vector<std::string>{"a.example", "b.example"});
  }
  SECTION("S10: one insecure hop makes the whole insecure") {
    const bool first = GENERATE(true, false);
    const auto one = first ? Security::insecure : Security::secure;
    const auto two = first ? Security::secure : Security::insecure;
    const auto out = dns::lookup_following(
        question, replies({{"a.example", {hop, one}},
                           {"b.example", {{.answer = {"b.example. 30 IN A 192.0.2.1"}}, two}}}));
    CHECK(std::get<Found<dns::Answer>>(out).security == Security::insecure);
  }
  SECTION("S9: an error in any hop fails the whole") {
    const auto out =
        dns::lookup_following(question, replies({{"a.example", {hop, Security::secure}}}));
    const auto& failed = std::get<Failed>(out);
    CHECK(failed.kind == FailureKind::timeout);
    CHECK(failed.where == "a.example A");
    CHECK(failed.what == "silence, at the alias target b.example");
  }
  SECTION("denied at the target") {
    test::Reply denial{.authority = {"example. 40 IN SOA n.example. h.example. 1 2 3 4 50"}};
    denial.rcode = GENERATE(0U, 3U);
    const auto out =
        dns::lookup_following(question, replies({{"a.example", {hop, Security::secure}},
                                                 {"b.example", {denial, Security::secure}}}));
    const auto& absent = std::get<Absent>(out);
    CHECK(absent.name_exists == (denial.rcode == 0));
    CHECK(absent.negative_ttl == 40s);
    CHECK(absent.security == Security::secure);
    CHECK(absent.alias_target == name("b.example"));
  }
  SECTION("an alias may be gone sooner than the denial at its target") {
    const test::Reply denial{.authority = {"example. 40 IN SOA n.example. h.example. 1 2 3 4 50"}};
    const test::Reply brief{.answer = {"a.example. 9 IN CNAME b.example."}};
    const auto out =
        dns::lookup_following(question, replies({{"a.example", {brief, Security::secure}},
                                                 {"b.example", {denial, Security::secure}}}));
    CHECK(std::get<Absent>(out).negative_ttl == 9s);
  }
  SECTION("a denial without aliases has no target") {
    const test::Reply denial{.authority = {"example. 40 IN SOA n.example. h.example. 1 2 3 4 50"}};
    const auto out =
        dns::lookup_following(question, replies({{"a.example", {denial, Security::secure}}}));
    CHECK_FALSE(std::get<Absent>(out).alias_target);
  }
  SECTION("S8: a loop over several replies ends") {
    const auto out = dns::lookup_following(
        question,
        replies(
            {{"a.example", {hop, Security::secure}},
             {"b.example", {{.answer = {"b.example. 9 IN CNAME a.example."}}, Security::secure}}}));
    CHECK(std::get<Failed>(out).kind == FailureKind::malformed);
  }
  SECTION("a chain without end ends") {
    int n = 0;
    const auto out = dns::lookup_following(question, [&](const Question& q) -> dns::Asked {
      dns::Message m;
      m.final_name = name("n" + std::to_string(++n) + ".example");
      m.aliases = {{q.name, m.final_name, 9s}};
      return dns::Reply{m, Security::secure};
    });
    CHECK(std::get<Failed>(out).kind == FailureKind::malformed);
    CHECK(n <= 16);
  }
  SECTION("truncated replies and referrals are failures") {
    test::Reply cut{.answer = {"a.example. 30 IN A 192.0.2.1"}};
    cut.tc = true;
    CHECK(std::get<Failed>(
              dns::lookup_following(question, replies({{"a.example", {cut, Security::secure}}})))
              .kind == FailureKind::malformed);
    const test::Reply referral{.authority = {"example. 30 IN NS ns.example."}};
    CHECK(std::get<Failed>(dns::lookup_following(
                               question, replies({{"a.example", {referral, Security::insecure}}})))
              .kind == FailureKind::other_rcode);
  }
}
