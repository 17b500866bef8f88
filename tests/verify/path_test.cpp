// The way from the leaf to a trust anchor: what is sent, constraints, dates, names.

#include "tests/verify/judged.hpp"

using namespace dane;
using namespace dane::test;
using tlsa::Record;
using verify::Verdict;

TEST_CASE("DANE-TA: path, dates and name count", "[verify][D3][O13][O22]") {
  CHECK(judged(tidy, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged(tidy, {record(2, 0, 1, "root")}) == "authenticated by 0 at 2");
  CHECK(judged({"leaf-expired", "ca"}, {record(2, 1, 1, "ca")}) == "refuted ERR_CERT_HAS_EXPIRED");
  CHECK(judged({"leaf-future", "ca"}, {record(2, 1, 1, "ca")}) == "refuted ERR_CERT_NOT_YET_VALID");
  CHECK(judged({"leaf-other-name", "ca"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_HOSTNAME_MISMATCH");
  CHECK(judged({"leaf-clients-only", "ca"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_INVALID_PURPOSE");
  CHECK(judged({"leaf-unknown-critical", "ca"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_UNHANDLED_CRITICAL_EXTENSION");
  CHECK(judged({"leaf", "ca", "root-expired"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_CERT_HAS_EXPIRED");
}

TEST_CASE("DANE-TA: what is not sent is not there", "[verify][O14][O18][S41]") {
  CHECK(judged({"leaf"}, {record(2, 1, 1, "ca")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged({"leaf", "ca"}, {record(2, 1, 1, "root")}) == "refuted ERR_DANE_NO_MATCH");
  // A root that the client happens to hold must not stand in.
  auto with_root = request({"leaf", "ca"}, {record(2, 1, 1, "root")});
  with_root.trusted = chain({"root"});
  CHECK(judged(with_root) == "refuted ERR_DANE_NO_MATCH");
  with_root.profile = tlsa::Profile::any;
  CHECK(judged(with_root) == "refuted ERR_DANE_NO_MATCH");
}

TEST_CASE("DANE-TA: whole anchors in DNS need not be sent", "[verify][O19][O21]") {
  CHECK(judged({"leaf", "ca"}, {record(2, 0, 0, "root")}) == "authenticated by 0 at 2");
  CHECK(judged({"leaf"}, {record(2, 0, 0, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf"}, {record(2, 0, 0, "other-root")}) == "refuted ERR_DANE_NO_MATCH");
  // A bare key: the depth is that of the topmost certificate that it signed.
  CHECK(judged({"leaf", "ca"}, {record(2, 1, 0, "root")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf"}, {record(2, 1, 0, "ca")}) == "authenticated by 0 at 0");
  CHECK(judged({"leaf"}, {record(2, 1, 0, "root")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged({"leaf-expired"}, {record(2, 1, 0, "ca")}) == "refuted ERR_CERT_HAS_EXPIRED");
  CHECK(judged({"leaf", "ca-expired"}, {record(2, 1, 0, "root")}) ==
        "refuted ERR_CERT_HAS_EXPIRED");
  CHECK(judged({"leaf-other-name"}, {record(2, 1, 0, "ca")}) == "refuted ERR_HOSTNAME_MISMATCH");
}

TEST_CASE("DANE-TA naming the leaf itself", "[verify]") {
  CHECK(judged(tidy, {record(2, 1, 1, "leaf")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged({"alone"}, {record(2, 1, 1, "alone")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged({"alone"}, {record(2, 0, 0, "alone")}) == "refuted ERR_DANE_NO_MATCH");
  // But the bare key of a self-signed certificate has signed it.
  CHECK(judged({"alone"}, {record(2, 1, 0, "alone")}) == "authenticated by 0 at 0");
}

TEST_CASE("order, surplus and repetition in what the server sends", "[verify]") {
  const Record root = record(2, 1, 1, "root");
  CHECK(judged({"leaf", "root", "ca"}, {root}) == "authenticated by 0 at 2");
  CHECK(judged({"leaf", "other-root", "ca", "leaf-other-key", "root"}, {root}) ==
        "authenticated by 0 at 2");
  CHECK(judged({"leaf", "ca", "ca", "leaf", "root", "root"}, {root}) == "authenticated by 0 at 2");
  CHECK(judged({"leaf-by-ca3", "root", "ca", "ca2", "ca3"}, {root}) == "authenticated by 0 at 4");
  CHECK(judged({"leaf-by-ring", "ca-by-ring", "ring-b", "ring-a"}, {root}) ==
        "refuted ERR_DANE_NO_MATCH");
  // An unrelated certificate that matches is not part of the path.
  CHECK(judged({"leaf", "other-root", "ca", "root"}, {record(2, 1, 1, "other-root")}) ==
        "refuted ERR_DANE_NO_MATCH");
}

TEST_CASE("cross-signed authorities", "[verify]") {
  const std::vector<std::string> crossed{"leaf", "ca", "root-cross", "other-root"};
  CHECK(judged(crossed, {record(2, 1, 1, "root")}) == "authenticated by 0 at 2");  // the same key
  CHECK(judged(crossed, {record(2, 0, 1, "root")}) == "refuted ERR_DANE_NO_MATCH");
  CHECK(judged(crossed, {record(2, 1, 1, "other-root")}) == "authenticated by 0 at 3");
  // The expired twin comes first and is passed over for the one in date.
  CHECK(judged({"leaf", "ca-expired", "ca", "root"}, {record(2, 0, 1, "ca")}) ==
        "authenticated by 0 at 1");
  CHECK(judged({"leaf", "ca-expired", "ca", "root"}, {record(2, 0, 1, "ca-expired")}) ==
        "refuted ERR_DANE_NO_MATCH");
  // A trust anchor that another CA issued counts for its key and name: its dates do not.
  CHECK(judged({"leaf", "ca-expired"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
}

TEST_CASE("constraints of the authorities apply", "[verify][O17][S43]") {
  CHECK(judged({"leaf", "ca-not-ca", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_INVALID_CA");
  // keyCertSign without basicConstraints passes for the trust anchor, and only there.
  CHECK(judged({"leaf", "ca-keyusage-only", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_INVALID_CA");
  CHECK(judged({"leaf", "ca-keyusage-only"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf-by-v1", "ca-by-v1", "v1-root"}, {record(2, 1, 1, "v1-root")}) ==
        "authenticated by 0 at 2");
  CHECK(judged({"leaf", "ca-no-certsign", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_INVALID_CA");
  CHECK(judged({"leaf", "ca-clients-only", "root"}, {record(2, 1, 1, "root")}) ==
        "refuted ERR_INVALID_PURPOSE");
  CHECK(judged({"leaf", "ca-pathlen-0"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf-by-ca2", "ca2", "ca-pathlen-0"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_PATH_LENGTH_EXCEEDED");
  CHECK(judged({"leaf", "ca-excludes"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_EXCLUDED_VIOLATION");
  CHECK(judged({"leaf", "ca-permits"}, {record(2, 1, 1, "ca")}) == "authenticated by 0 at 1");
  CHECK(judged({"leaf-many", "ca-permits"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_PERMITTED_VIOLATION");
  CHECK(judged({"leaf-forged", "ca-keyusage-only"}, {record(2, 1, 1, "ca")}) ==
        "refuted ERR_CERT_SIGNATURE_FAILURE");
}

TEST_CASE("reference names", "[verify][S48][S49][S53][S54][S55]") {
  const auto named = [](const std::string& leaf, std::vector<std::string> names) {
    auto asked = request({leaf, "ca"}, {record(2, 1, 1, "ca")});
    asked.names = std::move(names);
    return judged(asked);
  };
  const std::string yes = "authenticated by 0 at 1";
  const std::string no = "refuted ERR_HOSTNAME_MISMATCH";
  CHECK(named("leaf", {"mx.example.com"}) == yes);
  CHECK(named("leaf", {"MX.EXAMPLE.COM"}) == yes);
  CHECK(named("leaf", {"mx2.example.com"}) == no);
  CHECK(named("leaf", {"mx2.example.com", "example.com", "mx.example.com"}) == yes);
  CHECK(named("leaf", {"mx2.example.com", ".example.com"}) == yes);
  CHECK(named("leaf", {".example.com"}) == yes);
  CHECK(named("leaf", {".mx.example.com"}) == no);
  CHECK(named("leaf-wildcard", {"mx.example.com"}) == yes);
  CHECK(named("leaf-wildcard", {"example.com"}) == no);
  CHECK(named("leaf-wildcard", {"a.mx.example.com"}) == no);
  CHECK(named("leaf-partial-wildcard", {"mx.example.com"}) == no);
  CHECK(named("leaf-short-wildcard", {"m.com"}) == no);
  CHECK(named("leaf-cn-only", {"mx.example.com"}) == yes);
  CHECK(named("leaf-cn-unused", {"mx.example.com"}) == no);
  CHECK(named("leaf-nul", {"mx.example.com"}) == no);
}

TEST_CASE("the name that matched is told", "[verify]") {
  auto asked = request({"leaf-many", "ca"}, {record(3, 1, 1, "leaf")});
  asked.names = {"smtp.example.com", "example.com"};
  const auto got = verify::judge_chain(asked);
  REQUIRE(got.name);
  CHECK(got.name->presented == "example.com");
  CHECK(got.name->reference == "example.com");
  asked.names = {"smtp.example.com"};
  CHECK_FALSE(verify::judge_chain(asked).name);  // and DANE-EE passes all the same
  CHECK(verify::judge_chain(asked).verdict == Verdict::authenticated);
}

TEST_CASE("the last second of a certificate", "[verify]") {
  auto asked = request({"leaf-expired", "ca"}, {record(2, 1, 1, "ca")});
  asked.at = world_expiry - std::chrono::seconds(1);
  CHECK(judged(asked) == "authenticated by 0 at 1");
  asked.at = world_expiry;  // OpenSSL's reading of "not after"
  CHECK(judged(asked) == "refuted ERR_CERT_HAS_EXPIRED");
  asked = request({"leaf-future", "ca"}, {record(2, 1, 1, "ca")});
  asked.at = world_future - std::chrono::seconds(1);
  CHECK(judged(asked) == "refuted ERR_CERT_NOT_YET_VALID");
  asked.at = world_future;
  CHECK(judged(asked) == "authenticated by 0 at 1");
}
