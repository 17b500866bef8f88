/// \file  Which records to publish, and the zone lines that say so.
///
/// Whatever is advised has been judged: no client, with SHA-512 or without, refuses a chain that is
/// presented now or comes next, while the records spread and after.
#pragma once

#include <string>
#include <vector>

#include "libdane/check/service.hpp"

namespace dane::check {

/// 3 1 1 of the leaf.
[[nodiscard]] tlsa::Record leaf_record(const x509::Chain& chain);

/// Appends what is not there yet.
void add_once(std::vector<tlsa::Record>& records, const tlsa::Record& record);

/// To begin anew: 3 1 1 for every key that the service presents or will, then 2 1 1 for each issuer
/// that is sent and would authenticate the chain.
[[nodiscard]] std::vector<tlsa::Record> recommended_records(const Service& service);
/// The same for one chain.
[[nodiscard]] std::vector<tlsa::Record> recommended_records(const Service& service,
                                                            const x509::Chain& chain);

/// What to publish beside the present records: `first`, and whatever else is needed so that with
/// all of them every chain passes: 3 1 1 of its leaf, 3 1 2 too where digest agility would set that
/// aside.  The first SHA-256 records bind clients that had none to use, and so bring those of the
/// other chains along.  Chains with a weak key are left out: no record helps them.
[[nodiscard]] std::vector<tlsa::Record> additions(const Service& service,
                                                  const std::vector<tlsa::Record>& first = {});

/// By a client with SHA-512 or one without: every other digest than SHA-256 is optional.  RFC 6698
/// section 6.
[[nodiscard]] bool is_refused(const Service& service, const x509::Chain& chain,
                              std::vector<tlsa::Record> records, bool knows_sha512);

/// Every chain that passes now passes with `records` too, and no record has gone that stands for
/// nothing known, and so perhaps for a key that comes next.
[[nodiscard]] bool keeps_all_chains(const Service& service,
                                    const std::vector<tlsa::Record>& records);

/// Keys that no record can vouch for, since they are too weak, and what to do; empty without any.
[[nodiscard]] std::string weak_key_words(const Service& service);

/// Where records join the present ones: at the end of a CNAME when there is one.
[[nodiscard]] std::string joining_owner(const Service& service);
/// Zone lines that join the present records.  A comment says which key each stands for.
[[nodiscard]] std::string joining_lines(const Service& service,
                                        const std::vector<tlsa::Record>& records);

/// Zone lines that let this chain pass by its key: 3 1 1 of its leaf and what that needs besides.
[[nodiscard]] std::string leaf_lines(const Service& service, const x509::Chain& chain);

/// Where to publish what replaces the present records: the zone lines, with a word on the CNAME
/// that may stand at the owner.
[[nodiscard]] std::string publish_advice(const Service& service,
                                         const std::vector<tlsa::Record>& records);

}  // namespace dane::check
