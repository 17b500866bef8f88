/// \file  Chain + TLSA records + names + time -> verification, with the fate of every record.
///
/// The judge is OpenSSL's own DANE verification.  Beside it stands our explanation, computed
/// without OpenSSL's DANE code.  The two must agree; if not, the verdict is `undetermined`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/tlsa/record.hpp"
#include "dane/x509/certificate.hpp"
#include "dane/x509/names.hpp"

namespace dane::verify {

struct Request {
  x509::Chain chain;                  ///< as presented, leaf first; not empty
  std::vector<tlsa::Record> records;  ///< the TLSA RRset, usable or not
  std::vector<std::string> names;     ///< reference identifiers, the TLSA base domain first; a
                                      ///< leading dot means any sub-domain.  RFC 7672 section 3.2.2
  tlsa::Profile profile = tlsa::Profile::smtp;
  bool check_ee_names = false;  ///< check names for usage 3 too (not RFC 7672)
  x509::Chain trusted;          ///< PKIX trust anchors for usages 0 and 1; empty: none
  TimePoint at;
};

enum class Verdict {
  authenticated,
  refuted,      ///< usable records, none authenticates the chain.  D22, S46
  unusable,     ///< records, but no usable one: TLS required, not authenticated.  S12
  undetermined  ///< judge and explanation disagree, or OpenSSL failed internally
};
[[nodiscard]] std::string to_string(Verdict);

/// What became of one record, at the same index as Request::records.
struct RecordFate {
  std::optional<tlsa::Unusable> unusable;
  bool set_aside_by_agility = false;
  std::vector<std::size_t> matches;  ///< chain positions whose certificate or key equals the data
  bool operator==(const RecordFate&) const = default;
};

struct Matched {
  std::size_t record = 0;  ///< index into Request::records
  int depth = 0;  ///< OpenSSL's: for a bare key (2 1 0) that of the topmost certificate it signs
  bool operator==(const Matched&) const = default;
};

/// Why the explanation expects a refusal.
enum class Refusal {
  none,
  cannot_judge,     ///< no chain or no reference name
  none_usable,      ///< no usable record
  no_match,         ///< no record equals anything in its place
  no_trusted_root,  ///< a record with usage 0 or 1 matches; no path leads to a trusted root
  name,             ///< a record names a CA above the leaf; the leaf lacks the name
  dates,            ///< ... a certificate below the CA, or the CA itself, is out of date
  signature,        ///< ... an issuer did not sign what stands below it
  constraints,      ///< ... extensions forbid the path: purpose, path length, names, not a CA
  too_long,         ///< more certificates than OpenSSL follows
  strength          ///< the leaf's key is weak, whatever matches; or something on the path is.  D21
};

/// One certificate of the certification path that was followed.
struct PathStep {
  x509::Certificate certificate;
  std::optional<std::size_t> position;  ///< in Request::chain; nothing: out of a record or trusted
  bool operator==(const PathStep&) const = default;
};

/// What our own explanation expects of the judge.
struct Prediction {
  bool authenticated = false;
  std::string because;             ///< one sentence, printable
  std::optional<Matched> matched;  ///< set exactly when authenticated
  Refusal refusal = Refusal::none;
  std::optional<std::size_t> vouching;  ///< the record that matched, although the path is refused
  std::vector<PathStep> path;           ///< leaf first, as far as it was followed
  bool operator==(const Prediction&) const = default;
};

struct Verification {
  Verdict verdict = Verdict::undetermined;
  std::optional<Matched> matched;  ///< set exactly when authenticated
  int error_code = 0;              ///< X509_V_*
  std::string error_name = "X509_V_OK";
  std::optional<x509::NameMatch> name;  ///< the leaf name that matched a reference, if any; also
                                        ///< where names do not count
  std::vector<RecordFate> fates;        ///< one a record
  Prediction prediction;
  std::vector<std::string> reasoning;  ///< for --explain: one printable sentence a step
};

/// The judge and the explanation side by side.  Thread-safe.
///
/// What Postfix and OpenSSL 3.0 imply: keys and signatures have to pass security level 1, which
/// Postfix sets where it authenticates (RSA with 1024 bits, no SHA-1 below the anchor); a trust
/// anchor that another CA issued counts for its key and name, its own dates do not; a certificate
/// is out from the very second of notAfter.  With PKIX records in the
/// RRset (Profile::any), OpenSSL asks `trusted` before what the server sent, so that a DANE-TA
/// record may be passed over for a root that is in both; RFC 7671 section 4 advises against
/// accepting both kinds.  Without a chain or a reference name the verdict is `undetermined`.
[[nodiscard]] Verification judge_chain(const Request& request);

/// The explanation alone (pure, no DANE code of OpenSSL).
[[nodiscard]] std::vector<RecordFate> explain_records(const Request& request);
[[nodiscard]] Prediction predict(const Request& request, const std::vector<RecordFate>& fates);

/// "X509_V_ERR_DANE_NO_MATCH"; "X509_V_ERR_<number>" for a code without a name here.
[[nodiscard]] std::string verify_error_name(int code);

}  // namespace dane::verify
