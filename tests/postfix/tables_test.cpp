#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dane/postfix/destination.hpp"
#include "dane/postfix/policy_table.hpp"
#include "dane/postfix/protocols.hpp"
#include "dane/postfix/settings.hpp"

using namespace dane;
using namespace dane::postfix;

TEST_CASE("names of maps", "[postfix][table]") {
  const auto names = [](const char* text) {
    std::vector<std::string> all;
    for (const auto& map : parse_map_names(text, "lmdb")) all.push_back(map.to_string());
    return all;
  };
  CHECK(names("") == std::vector<std::string>{});
  CHECK(names("hash:/a, texthash:/b\t/c") ==
        std::vector<std::string>{"hash:/a", "texthash:/b", "lmdb:/c"});
  CHECK(names("proxy:mysql:/a.cf proxy:/b") ==
        std::vector<std::string>{"proxy:mysql:/a.cf", "proxy:lmdb:/b"});
  CHECK(names("inline:{ {a.test = secure match=b, c}, d=may }, static:may") ==
        std::vector<std::string>{"inline:{ {a.test = secure match=b, c}, d=may }", "static:may"});
  CHECK(names("inline:{a=b").size() == 1);
}

TEST_CASE("a static map answers its text, without the braces around it", "[postfix][table]") {
  const auto value = [](const char* text) { return parse_map_names(text).front().static_value(); };
  CHECK(value("static:may") == "may");
  CHECK(value("static:{ secure match=x.test }") == "secure match=x.test");
  CHECK_FALSE(value("static:{may"));
}

TEST_CASE("the first hit ends the search, and so does an error", "[postfix][table]") {
  std::vector<std::string> asked;
  const std::map<std::string, std::string> rows{{".b.test", "may"}, {".test", "none"}};
  const TableLookup lookup = [&](const std::string& key) -> TableAnswer {
    asked.push_back(key);
    if (key == ".broken") return TableError{"no server"};
    const auto row = rows.find(key == ".B.test" ? ".b.test" : key);
    if (row == rows.end()) return TableMiss{};
    return TableHit{{row->first, row->second, "f", 1}, "smtp_tls_policy_maps"};
  };
  const auto hit = search_table("a.B.test", lookup);
  REQUIRE(std::holds_alternative<TableHit>(hit));
  CHECK(std::get<TableHit>(hit).row.value == "may");
  CHECK(asked == std::vector<std::string>{"a.B.test", ".B.test"});
  CHECK(std::holds_alternative<TableMiss>(search_table("[a.b.test]", lookup)));
  CHECK(std::holds_alternative<TableMiss>(search_table("b.example", lookup)));
  CHECK(std::holds_alternative<TableError>(search_table("a.broken", lookup)));
  CHECK(std::holds_alternative<TableMiss>(search_table("", lookup)));
}

TEST_CASE("equal keys: hash keeps the first, texthash breaks the table", "[postfix][table]") {
  const auto* text = "a may\nA none\n";
  for (const auto* type : {"hash", "texthash"}) {
    const auto read = parse_table(text, "t", type);
    REQUIRE(read.rows.size() == 1);
    CHECK(read.rows.front().value == "may");
    REQUIRE(read.problems.size() == 1);
    CHECK(read.problems.front().line == 2);
    CHECK(read.problems.front().fatal == (std::string(type) == "texthash"));
  }
}

TEST_CASE("cipher grades", "[postfix][protocols]") {
  const auto now = evaluate_settings({}, Version{3, 7, 11}).settings;
  CHECK(choose_ciphers("HIGH", "", now).openssl_list == "aNULL:-aNULL:HIGH:@STRENGTH");
  CHECK(choose_ciphers("medium", "MD5, RC4:aNULL", now).openssl_list ==
        "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH:!MD5:!RC4:!aNULL");
  CHECK(choose_ciphers("export", "", now).openssl_list ==
        "aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH");
  CHECK(choose_ciphers("bogus", "", now).fault == "invalid cipher grade: \"bogus\"");
  CHECK(choose_ciphers("high", "MD5 !RC4", now).fault ==
        "invalid unary '!+-@' in cipher exclusion: !RC4");
  const auto later = evaluate_settings({}, Version{3, 11, 0}).settings;
  CHECK(choose_ciphers("low", "", later).openssl_list ==
        choose_ciphers("medium", "", later).openssl_list);
}

TEST_CASE("remarks on protocol lists", "[postfix][protocols]") {
  const Version now{3, 7, 11};
  CHECK(explain_protocols(">=TLSv1.2", now).empty());
  CHECK(explain_protocols("!SSLv2, !SSLv3", now).empty());
  const auto remark = [&](const char* list, const char* words) {
    for (const auto& said : explain_protocols(list, now)) {
      if (said.find(words) != std::string::npos) return true;
    }
    return false;
  };
  CHECK(remark(">= TLSv1.2", "with a space"));
  CHECK(remark("SSLv2", "all protocols stay on"));
  CHECK(remark("TLSv1.2, TLSv1.1", "TLSv1.3 is off"));
  CHECK(remark(">=TLSv1.3 <=TLSv1.2", "nothing is left"));
  CHECK(remark("ALL", "refuses the whole list"));
  CHECK(remark("!TLSv1.2", "a gap"));
}

TEST_CASE("smtp_tcp_port is the port of next-hops that name none") {
  const auto port = [](const char* text, std::string_view service) {
    return with_default_port(parse_destination(text).value(), service).port;
  };
  CHECK(port("example.com", "submission") == 587);
  CHECK(port("[mx.example.com]", "2525") == 2525);
  CHECK(port("[mx.example.com]:465", "2525") == 465);
  CHECK(port("example.com", "smtp") == 25);
  const Assignments set{{"smtp_tcp_port", {"2525", {}, 0}}};
  CHECK(evaluate_settings(set, {3, 7, 11}).settings.smtp_tcp_port == "2525");
  const auto older = evaluate_settings(set, {3, 5, 0}).settings;
  CHECK(port("example.com", older.smtp_tcp_port) == 25);
}

TEST_CASE("a transport in front of a next-hop is named as the mistake") {
  const auto transport = parse_destination("smtp:[mx.example.com]:587");
  REQUIRE_FALSE(transport);
  CHECK(transport.error().remedy == "leave the transport out: '[mx.example.com]:587'");
  CHECK(parse_destination("relay:mx.example.com").error().remedy ==
        "leave the transport out: 'mx.example.com'");
  CHECK(parse_destination("example.com:587").has_value());
}
