/// \file  The words that findings share.  Everything here returns printable text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dane/core/ip_address.hpp"
#include "dane/tlsa/record.hpp"
#include "dane/x509/certificate.hpp"

#include "libdane/core/finding_words.hpp"

namespace dane::check {

/// What makes mail wait; the subject is filled in later.
[[nodiscard]] Finding make_critical(std::string id, Rules rules, std::string text,
                                    std::string advice);

/// "[192.0.2.1]:25": the form of finding subjects, for both families.
[[nodiscard]] std::string place_of(const Endpoint& endpoint);

/// "3 1 1 ab12...": presentation form, long data cut.
[[nodiscard]] std::string show(const tlsa::Record& record);
[[nodiscard]] std::string show(const std::vector<tlsa::Record>& records);

/// `_25._tcp.mx1.example.com. 3600 IN TLSA 3 1 1 ab12`, complete.  An empty owner leaves only the
/// record.
[[nodiscard]] std::string zone_line(const std::string& owner, const tlsa::Record& record);

/// "CN=R3,O=Let's Encrypt,C=US" in quotes, or "(no subject)".
[[nodiscard]] std::string quoted(const std::string& distinguished_name);

/// What a certificate at this position is called: "the server's certificate", "the CA certificate
/// ..."
[[nodiscard]] std::string describe(const x509::Chain& chain, std::size_t position);

/// A finding and the place that it was made at.
struct Placed {
  std::string place;
  Finding finding;  ///< subject still empty
};

/// Findings that differ in nothing but their place become one.  Subjects become
/// "NAME PLACE, PLACE".
[[nodiscard]] std::vector<Finding> merge_places(const std::string& name,
                                                const std::vector<Placed>& placed);

}  // namespace dane::check
