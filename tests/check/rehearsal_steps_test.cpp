/// \file  Whoever follows a rehearsal's advice is never cut off: over all small sets of records.
#include <bit>

#include <catch2/catch.hpp>

#include "libdane/check/recommend.hpp"
#include "libdane/check/rehearsal_records.hpp"
#include "world.hpp"

using namespace dane;
using namespace dane::test;
using check::Service;
using tlsa::Record;

namespace {

/// Records of what is presented, and of what nobody has.
std::vector<Record> pool() {
  const auto& leaf = pki().ecdsa;
  const auto& ca = pki().intermediate;
  return {
      record(in_parameters("3 1 1", key_sha256(leaf.key))),
      record(in_parameters("3 1 2", key_sha512(leaf.key))),
      record(in_parameters("3 0 1", certificate_sha256(leaf.certificate))),
      record(in_parameters("3 0 2", certificate_sha512(leaf.certificate))),
      record(in_parameters("2 1 1", key_sha256(ca.key))),
      record(in_parameters("2 1 2", key_sha512(ca.key))),
      record(in_parameters("2 0 1", certificate_sha256(ca.certificate))),
      record(stale()),
      record(in_parameters("3 1 2", key_sha512(pki().old.key))),
      record(in_parameters("2 1 1", key_sha256(pki().other_root.key))),
      record(in_parameters("1 1 1", key_sha256(leaf.key))),
  };
}

Service presenting(const x509::Chain& chain, const std::vector<Record>& records) {
  Service service;
  service.name = "mx1.example.com";
  service.owner = "_25._tcp.mx1.example.com";
  service.references = {"mx1.example.com", "example.com"};
  service.records = records;
  service.at = now();
  service.chains.push_back(
      {.address = {}, .place = {}, .key_type = "ECDSA", .chain = chain, .verification = {}});
  service.chains.back().verification =
      verify::judge_chain(check::request_for(service, chain, records));
  return service;
}

/// Not refused, by a client with or without SHA-512.  RFC 6698 section 2.1.3 makes it optional.
bool passes(const Service& service, const x509::Chain& chain, std::vector<Record> records,
            bool knows_sha512) {
  if (!knows_sha512)
    std::erase_if(records,
                  [](const Record& r) { return r.matching_type == tlsa::MatchingType::sha2_512; });
  const auto verdict =
      verify::judge_chain(check::request_for(service, chain, std::move(records))).verdict;
  return verdict != verify::Verdict::refuted && verdict != verify::Verdict::undetermined;
}

/// All sets of at least one and at most `most` records.
std::vector<std::vector<Record>> sets_of(const std::vector<Record>& all, int most) {
  std::vector<std::vector<Record>> sets;
  for (unsigned mask = 1; mask < 1U << all.size(); ++mask) {
    if (std::popcount(mask) > most) continue;
    auto& records = sets.emplace_back();
    for (std::size_t i = 0; i < all.size(); ++i)
      if ((mask >> i & 1U) != 0) records.push_back(all[i]);
  }
  return sets;
}

std::string show(const std::vector<Record>& records) {
  std::string out;
  for (const auto& one : records) out += tlsa::format_presentation(one).substr(0, 14) + "; ";
  return out;
}

}  // namespace

TEST_CASE("records that are advised cut nobody off, and serve every chain", "[O45][S37]") {
  auto all = pool();
  all.push_back(record(ee_rsa()));
  all.push_back(record(in_parameters("3 1 2", key_sha512(pki().rsa.key))));
  const std::vector<x509::Chain> chains{pki().chain(pki().ecdsa), pki().chain(pki().rsa)};
  int added = 0;
  for (const auto& records : sets_of(all, 3)) {
    auto service = presenting(chains[0], records);
    service.chains.push_back(presenting(chains[1], records).chains[0]);
    auto wider = records;
    for (const auto& one : check::additions(service)) wider.push_back(one);
    added += wider.size() > records.size() ? 1 : 0;
    INFO(show(records) << "-> " << show(wider));
    for (const auto& chain : chains) {
      for (const bool knows_sha512 : {true, false})
        CHECK(passes(service, chain, wider, knows_sha512));
    }
  }
  CHECK(added > 100);
}

TEST_CASE("no advice takes away a record that may stand for a key that comes next", "[O34]") {
  const auto& present = pki().ecdsa;
  const auto& next = pki().renewed;
  const auto next512 = in_parameters("3 1 2", key_sha512(next.key));
  const auto next310 = in_parameters("3 1 0", to_hex(to_bytes(spki_of(next.key))));
  const auto present512 = in_parameters("3 1 2", key_sha512(present.key));
  const auto advice = [&](const std::vector<std::string>& records, const std::string& id) {
    const auto report = report_on(ecdsa_domain(records, pki().chain(present)));
    const auto* finding = find(report, id);
    return finding == nullptr ? std::string("no finding") : finding->advice;
  };
  using Catch::Matchers::Contains;
  CHECK_THAT(advice({ee_ecdsa(), present512, next512}, "tlsa-digests-differ"),
             Contains("do not remove the 3 1 2 records"));
  CHECK_THAT(advice({ee_ecdsa(), next512}, "tlsa-agility-trap"),
             Contains("Publish the 3 1 2 record of the object in use as well"));
  // The digest of a whole key that comes next would be set aside where SHA-512 stands beside it.
  CHECK_THAT(advice({ee_ecdsa(), present512, next310}, "tlsa-full-data"),
             Contains("3 1 1 " + key_sha256(next.key)) && Contains(next512));
  // Nothing unknown: 3 1 2 may go.
  CHECK_THAT(advice({ee_ecdsa(), present512, in_parameters("3 1 1", key_sha256(pki().rsa.key))},
                    "tlsa-digests-differ"),
             Contains("Remove the 3 1 2 records"));
}

TEST_CASE("a zone line's comment names what the record stands for, in its place") {
  const auto service = presenting(pki().chain(pki().ecdsa), {});
  const auto line = [&](const std::string& parameters, const Issued& whose) {
    return check::joining_lines(service,
                                {record(in_parameters(parameters, key_sha256(whose.key)))});
  };
  CHECK_THAT(line("3 1 1", pki().ecdsa), Catch::Matchers::EndsWith(" ; ECDSA"));
  CHECK_THAT(line("2 1 1", pki().intermediate), Catch::Matchers::EndsWith(" ; issuer"));
  // These records match nothing where their usages look.
  CHECK_THAT(line("3 1 1", pki().intermediate), !Catch::Matchers::Contains(";"));
  CHECK_THAT(line("2 1 1", pki().ecdsa), !Catch::Matchers::Contains(";"));
}

TEST_CASE("no step of a rehearsal's advice cuts a sender off", "[O34][S57]") {
  const auto all = pool();
  const auto present = pki().chain(pki().ecdsa);
  const std::vector<x509::Chain> coming{
      pki().chain(pki().renewed),
      {pki().renewed_elsewhere.certificate, pki().other_intermediate.certificate}};
  int tried = 0;
  for (const auto& records : sets_of(all, 5)) {
    auto service = presenting(present, records);
    const bool in_order =
        service.chains[0].verification.verdict == verify::Verdict::authenticated &&
        passes(service, present, records, false);
    if (!in_order) continue;
    for (const auto& chain : coming) {
      if (verify::judge_chain(check::request_for(service, chain, records)).verdict !=
          verify::Verdict::refuted)
        continue;
      ++tried;
      service.coming = chain;
      auto wider = records;
      for (const auto& added : check::records_to_add(service)) wider.push_back(added);
      INFO(show(records) << "-> " << show(wider));
      for (const bool knows_sha512 : {true, false}) {
        CHECK(passes(service, present, wider, knows_sha512));
        CHECK(passes(service, chain, wider, knows_sha512));
      }
      // What is called obsolete may go once the new chain is presented.
      auto rest = wider;
      for (const auto& gone : check::obsolete_records(service)) std::erase(rest, gone);
      for (const bool knows_sha512 : {true, false})
        CHECK(passes(service, chain, rest, knows_sha512));
    }
  }
  CHECK(tried > 500);
}
