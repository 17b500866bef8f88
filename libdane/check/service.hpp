/// \file  What the findings about records and chains need to know, live and offline alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dane/check/check.hpp"
#include "dane/core/finding.hpp"
#include "dane/smtp/judgement.hpp"
#include "dane/verify/verify.hpp"

namespace dane::check {

/// One chain as seen at one place, with its verdict.
struct ChainCase {
  std::string address;   ///< "192.0.2.1"; empty offline
  std::string place;     ///< "[192.0.2.1]:25 ECDSA"; empty offline
  std::string key_type;  ///< of the leaf
  x509::Chain chain;
  verify::Verification verification;
};

/// A chain of another host of the same run: records get swapped.
struct NamedChain {
  std::string host;
  x509::Chain chain;
};

/// One service: its TLSA RRset, the names to look for, and the chains that it presents.
struct Service {
  std::string name;          ///< host name; offline the name of the input
  std::string owner;         ///< TLSA owner name; empty offline
  std::string alias_target;  ///< where a CNAME at the owner leads; empty: no CNAME
  std::vector<tlsa::Record> records;
  bool from_wildcard = false;  ///< records at the owner itself would hide these
  std::size_t truncated = 0;   ///< records too short to be shown; unusable
  std::vector<std::string> references;
  std::vector<ChainCase> chains;
  std::vector<NamedChain> others;
  std::vector<x509::Chain> unnamed;   ///< presented to clients that send no name (SNI)
  std::vector<std::string> untested;  ///< addresses that may present other keys
  x509::Chain coming;                 ///< to be presented next, in a rehearsal; empty: none
  tlsa::Profile profile = tlsa::Profile::smtp;
  bool check_ee_names = false;
  x509::Chain trusted;
  TimePoint at;
  int warn_days = 14;
  bool mail = true;       ///< SMTP: speak of senders
  bool only_host = true;  ///< mail has no other host to go to

  /// What findings about the RRset are about.
  [[nodiscard]] const std::string& rrset() const { return owner.empty() ? name : owner; }
};

/// One host of a domain with everything known about it.  References into the caller's values.
struct HostView {
  const smtp::DomainFacts& facts;
  const smtp::DomainJudgement& domain;
  const smtp::HostFacts& host;
  const smtp::HostJudgement& judgement;
  const CheckOptions& options;

  [[nodiscard]] bool has_dane() const {
    return judgement.policy.applicability == smtp::Applicability::dane;
  }
  [[nodiscard]] std::string name() const { return host.name.to_string(); }
};

/// What the other side is called.
[[nodiscard]] inline std::string_view peers(const Service& service) {
  return service.mail ? "DANE senders" : "DANE clients";
}

[[nodiscard]] Service make_service(const HostView& view);

/// The lookup whose records apply to the host; null when there are none.
[[nodiscard]] const dns::LookupOutcome* used_tlsa(const HostView& view);
[[nodiscard]] const Found<dns::Answer>* found(const dns::LookupOutcome* outcome);

/// The answer was expanded from a wildcard.  X9
[[nodiscard]] bool is_from_wildcard(const dns::Answer& answer);

/// Owner name at which this host's records belong.
[[nodiscard]] DomainName tlsa_owner(const HostView& view);

/// How `service` would judge `chain` against `records`.
[[nodiscard]] verify::Request request_for(const Service& service, const x509::Chain& chain,
                                          std::vector<tlsa::Record> records);

[[nodiscard]] inline bool acts_as_ta(const tlsa::Record& record) {
  return record.usage == tlsa::CertificateUsage::pkix_ta ||
         record.usage == tlsa::CertificateUsage::dane_ta;
}
[[nodiscard]] inline bool acts_as_ee(const tlsa::Record& record) {
  return record.usage == tlsa::CertificateUsage::pkix_ee ||
         record.usage == tlsa::CertificateUsage::dane_ee;
}
/// The record takes part in the verification: usable and not set aside.
[[nodiscard]] inline bool takes_part(const verify::RecordFate& fate) {
  return !fate.unusable && !fate.set_aside_by_agility;
}
/// The record's usage looks for its object at this position of a chain.
[[nodiscard]] inline bool looks_at(const tlsa::Record& record, std::size_t position) {
  return position == 0 ? acts_as_ee(record) : acts_as_ta(record);
}
/// The record equals a certificate at a position where its usage looks.
[[nodiscard]] bool matches_in_place(const tlsa::Record& record, const verify::RecordFate& fate);

/// The chains of the service, each once, in the order seen; of the refused ones only when asked.
[[nodiscard]] std::vector<x509::Chain> distinct_chains(const Service& service,
                                                       bool refused_only = false);

/// The chains that clients meet now, and the one that comes.
[[nodiscard]] std::vector<x509::Chain> chains_to_serve(const Service& service);

/// Certificates from the leaf upwards, each signed by the next, as far as the chain goes:
/// positions in `chain`.  Order and extra certificates do not matter.
[[nodiscard]] std::vector<std::size_t> signature_path(const x509::Chain& chain);

}  // namespace dane::check
