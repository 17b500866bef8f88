/// \file  Which records to publish for what a service presents now.
#pragma once

#include <string>
#include <vector>

#include "libdane/check/service.hpp"

namespace dane::check {

/// 3 1 1 for every key that the service presents, then 2 1 1 for each issuer that it sends and
/// that would authenticate the chain.  Every record has been judged against its chain.
[[nodiscard]] std::vector<tlsa::Record> recommended_records(const Service& service);
/// The same for one chain.
[[nodiscard]] std::vector<tlsa::Record> recommended_records(const Service& service,
                                                            const x509::Chain& chain);

/// For what the service presents, and besides for a chain that comes: records for the new one alone
/// would cut off today's senders, and the other way round.
[[nodiscard]] std::vector<tlsa::Record> recommended_records_with(const Service& service,
                                                                 const x509::Chain& chain);

/// Every chain that passes now passes with `records` too.
[[nodiscard]] bool keeps_all_chains(const Service& service,
                                    const std::vector<tlsa::Record>& records);

/// Keys that no record can vouch for, since they are too weak, and what to do; empty without any.
[[nodiscard]] std::string weak_key_words(const Service& service,
                                         const x509::Chain* coming = nullptr);

/// Appends what is not there yet.
void add_once(std::vector<tlsa::Record>& records, const tlsa::Record& record);

/// 3 1 1 of the leaf.
[[nodiscard]] tlsa::Record leaf_record(const x509::Chain& chain);

/// What to add to the records that stand there, so that the chain passes: 3 1 1 of the leaf unless
/// it is there; 3 1 2 too when digest agility would set the former aside.  Nothing when no record
/// helps, as with a weak key.
[[nodiscard]] std::vector<tlsa::Record> additional_records(const Service& service,
                                                           const x509::Chain& chain);

/// Where records join the present ones: at the end of a CNAME when there is one.
[[nodiscard]] std::string joining_owner(const Service& service);
/// Zone lines that join the present records.  A comment says which key each stands for.
/// \param coming  a chain that is not presented yet, whose key is then called new.
[[nodiscard]] std::string joining_lines(const Service& service,
                                        const std::vector<tlsa::Record>& records,
                                        const x509::Chain* coming = nullptr);

/// Zone lines that let this chain pass: additional_records() in joining_lines().
[[nodiscard]] std::string leaf_lines(const Service& service, const x509::Chain& chain);

/// Where to publish what replaces the present records: the zone lines, with a word on the CNAME
/// that may stand at the owner.
[[nodiscard]] std::string publish_advice(const Service& service,
                                         const std::vector<tlsa::Record>& records,
                                         const x509::Chain* coming = nullptr);

}  // namespace dane::check
