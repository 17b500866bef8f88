#include <filesystem>
#include <fstream>

#include "dane/postfix/name_match.hpp"
#include "dane/postfix/peer.hpp"
#include "dane/postfix/trust.hpp"

#include "tests/support/vectors.hpp"

using namespace dane;
using namespace dane::postfix;
using test::Json;

namespace {

x509::Certificate certificate_of(const Json& hex) {
  return x509::Certificate::decode_der(from_hex(hex.get<std::string>()).value()).value();
}

x509::Chain chain_of(const Json& hexes) {
  x509::Chain chain;
  for (const auto& hex : hexes) chain.push_back(certificate_of(hex));
  return chain;
}

std::string log_word(const PeerVerdict& verdict) {
  if (verdict.matched) return "Verified";
  return verdict.trusted ? "Trusted" : "Untrusted";
}

/// The name that Postfix tells of: up to 3.5 it compares whatever the chain is worth.
Json name_told(const PeerVerdict& verdict, const Version& version) {
  const auto own = verdict.name ? verdict.name->name : "";
  const auto name = features_of(version).era == MatchEra::own ? own : verdict.peername;
  return name.empty() ? Json() : Json(name);
}

void check_outcome(const Json& vector, const std::string& number, const Json& expected) {
  INFO("Postfix " << number);
  const auto version = parse_version(number).value();
  const auto& in = vector.at("input");
  const auto chain = chain_of(in.at("chain"));
  CaCertificates cas;
  cas.trusted = chain_of(in.at("trusted"));
  const auto level = parse_level(in.at("level").get<std::string>(), true).value();
  ExpectedNames names;
  if (is_pkix(level)) {
    names = expand_match(in.at("match").get<std::vector<std::string>>(),
                         in.at("nexthop").get<std::string>(), in.at("hostname").get<std::string>(),
                         version);
  }
  const auto at = parse_rfc3339(vector.at("validation_time").get<std::string>()).value();
  const PeerInput input{.chain = chain,
                        .level = level,
                        .cas = cas,
                        .tlsa = {},
                        .expected = names,
                        .base_domain = {},
                        .at = at};
  const auto verdict = verify_peer(input, version);
  CHECK(log_word(verdict) == expected.at("log_word").get<std::string>());
  CHECK(name_told(verdict, version) == expected.at("name"));
  CHECK(verdict.error == expected.at("error").get<int>());
}

class TextFile {
 public:
  explicit TextFile(const std::string& text) { std::ofstream(path_) << text; }
  ~TextFile() { std::filesystem::remove(path_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  [[nodiscard]] std::string path() const { return path_; }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / "dane-tafile-vector.pem";
};

}  // namespace

TEST_CASE("Postfix's view of certificates is as the vectors say", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/names.json")) {
    INFO(test::describe(v));
    for (const auto& [version, expected] : v.at("expected").items()) {
      check_outcome(v, version, expected);
    }
  }
}

TEST_CASE("Fingerprints are as the vectors say", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/fingerprint.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    const auto& expected = v.at("expected");
    const auto algorithm = in.at("algorithm").get<std::string>();
    if (in.contains("certificate")) {
      const auto certificate = certificate_of(in.at("certificate"));
      CHECK(fingerprint(certificate.der(), algorithm) == expected.at("certificate"));
      CHECK(fingerprint(certificate.spki_der(), algorithm) == expected.at("key"));
      continue;
    }
    const auto read = parse_fingerprints({in.at("value").get<std::string>()}, algorithm);
    const auto* reading = !read.warnings.empty()       ? "malformed"
                          : !read.wrong_length.empty() ? "wrong-length"
                                                       : "good";
    CHECK(reading == expected.at("reading").get<std::string>());
    CHECK(read.warnings.size() + read.wrong_length.size() + read.digests.size() == 1);
  }
}

TEST_CASE("Trust anchor files are read as the vectors say", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/tafile.json")) {
    INFO(test::describe(v));
    const TextFile file(v.at("input").at("text").get<std::string>());
    const auto read = load_trust_anchors({file.path()});
    CHECK(read.invalid == v.at("expected").at("invalid").get<bool>());
    std::vector<std::string> records;
    for (const auto& record : read.records) records.push_back(format_presentation(record));
    CHECK(records == v.at("expected").at("records").get<std::vector<std::string>>());
  }
}

TEST_CASE("MX patterns of MTA-STS match as the vectors say", "[vectors][postfix]") {
  for (const auto& v : test::load_vectors("postfix/sts-pattern.json")) {
    INFO(test::describe(v));
    const auto& in = v.at("input");
    CHECK(sts_pattern_matches(in.at("pattern").get<std::string>(),
                              in.at("hostname").get<std::string>()) ==
          v.at("expected").at("match").get<bool>());
  }
}
