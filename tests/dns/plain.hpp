/// \file  One question to a server that misbehaves on request, without validation.
#pragma once

#include <catch2/catch.hpp>

#include "dane/dns/resolvers.hpp"

#include "tests/dns/fake_server.hpp"
#include "tests/support/deadline.hpp"

namespace dane::test {

inline const dns::Question kQuestion{DomainName::parse("a.example").value(), dns::RecordType::a};
inline const std::vector<std::string> kRecord{"a.example. 60 IN A 192.0.2.1"};

inline std::unique_ptr<dns::Resolver> ad_resolver(std::vector<Endpoint> upstreams) {
  return dns::make_resolver(dns::Validator::ad, {.upstreams = std::move(upstreams)}).value();
}

inline dns::LookupOutcome ask(const FakeServer& server,
                              std::chrono::milliseconds patience = std::chrono::seconds(20)) {
  return ad_resolver({server.endpoint()})->lookup(kQuestion, in(patience));
}

inline const Failed& failure(const dns::LookupOutcome& outcome) {
  REQUIRE(std::holds_alternative<Failed>(outcome));
  return std::get<Failed>(outcome);
}

inline FakeServer::Handler always(const Reply& reply) {
  return [reply](const Query& q) { return std::vector<Bytes>{make_reply(q, reply)}; };
}

}  // namespace dane::test
