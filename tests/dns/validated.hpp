/// \file  Validated lookups in the signed tree, asked of it or of servers that change what it says.
#pragma once

#include <memory>
#include <string>

#include "dane/dns/resolvers.hpp"

#include "tests/dns/fake_server.hpp"
#include "tests/dns/signed_tree.hpp"
#include "tests/support/deadline.hpp"

namespace dane::test {

inline dns::Question question(std::string_view name, std::string_view type) {
  return {test::name(name), dns::parse_record_type(type).value()};
}

inline std::unique_ptr<dns::Resolver> make(dns::Validator v, const Endpoint& upstream) {
  return dns::make_resolver(v,
                            {.upstreams = {upstream}, .trust_anchor = SignedTree::get().root_key()})
      .value();
}

/// "found secure 1", "absent insecure nodata", "failed bogus"
inline std::string shape(const dns::LookupOutcome& outcome) {
  return std::visit(overloaded{[](const Found<dns::Answer>& f) {
                                 return "found " + to_string(f.security) + " " +
                                        std::to_string(f.value.rdata.size());
                               },
                               [](const Absent& a) {
                                 return "absent " + to_string(a.security) +
                                        (a.name_exists ? " nodata" : " nxdomain");
                               },
                               [](const Failed& f) { return "failed " + to_string(f.kind); }},
                    outcome);
}

inline std::string ask(dns::Validator v, const Endpoint& upstream, std::string_view name,
                       std::string_view type,
                       std::chrono::milliseconds patience = std::chrono::seconds(60)) {
  return shape(make(v, upstream)->lookup(question(name, type), in(patience)));
}

/// Signed data for all but what `lie` answers by itself.
inline FakeServer::Handler lying(FakeServer::Handler lie) {
  SignedTree::get();  // not on the server's thread: with that its name server would end
  return [lie = std::move(lie)](const Query& q) {
    auto own = lie(q);
    if (!own.empty()) return own;
    Bytes reply = SignedTree::get().relay(q.wire);
    if (!q.tcp && reply.size() > 1232) reply = make_reply(q, {.tc = true});
    return std::vector<Bytes>{reply};
  };
}

}  // namespace dane::test
