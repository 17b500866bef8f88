/// \file  Chains of the World and records for them, judged; the verdict in a few words.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dane/verify/verify.hpp"

#include "tests/verify/world.hpp"

namespace dane::test {

inline const World& world() {
  static const World made(x509::KeyType::ecdsa);
  return made;
}

inline x509::Certificate cert(const std::string& label) {
  return world().at(label).issued.certificate;
}

inline x509::Chain chain(const std::vector<std::string>& labels) {
  x509::Chain out;
  for (const auto& label : labels) out.push_back(cert(label));
  return out;
}

/// The honest record "usage selector type" for a certificate.
inline tlsa::Record record(int usage, int selector, int type, const std::string& label) {
  return tlsa::make_record(static_cast<tlsa::CertificateUsage>(usage),
                           static_cast<tlsa::Selector>(selector),
                           static_cast<tlsa::MatchingType>(type), cert(label))
      .value();
}

inline tlsa::Record wrong(tlsa::Record honest) {
  honest.association_data.front() ^= std::byte{1};
  return honest;
}

inline verify::Request request(const std::vector<std::string>& labels,
                               std::vector<tlsa::Record> records) {
  verify::Request out;
  out.chain = chain(labels);
  out.records = std::move(records);
  out.names = {"mx.example.com"};
  out.at = world_now;
  return out;
}

/// "authenticated by 0 at 1", or the verdict and OpenSSL's error.
inline std::string judged(const verify::Request& of) {
  const auto got = verify::judge_chain(of);
  REQUIRE(got.fates.size() == of.records.size());
  if (got.verdict != verify::Verdict::authenticated) {
    CHECK_FALSE(got.matched);
    const bool silent = got.verdict == verify::Verdict::unusable;
    return to_string(got.verdict) + (silent ? "" : " " + got.error_name.substr(7));
  }
  REQUIRE(got.matched);
  CHECK(got.error_name == "X509_V_OK");
  return "authenticated by " + std::to_string(got.matched->record) + " at " +
         std::to_string(got.matched->depth);
}

inline std::string judged(const std::vector<std::string>& labels,
                          std::vector<tlsa::Record> records) {
  return judged(request(labels, std::move(records)));
}

inline const std::vector<std::string> tidy{"leaf", "ca", "root"};

}  // namespace dane::test
