/// \file  All that a live run took from this machine, so that saved evidence can be judged on
/// another.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "dane/policy/lint.hpp"
#include "dane/policy/survey.hpp"
#include "dane/postfix/policy_table.hpp"
#include "dane/postfix/trust.hpp"

namespace dane::tools::tls_policy_check {

using TableAnswers = std::map<std::string, postfix::TableAnswer>;

struct Snapshot {
  std::vector<postfix::Destination> destinations;
  bool whole_table = false;
  policy::SurveyOptions options;  ///< without the deadline
  policy::Configuration configuration;
  postfix::Assignments effective;        ///< what the settings were made of
  std::vector<IpAddress> own_addresses;  ///< where this Postfix receives mail
  bool has_policy_maps = false, has_per_site = false;
  TableAnswers policy_answers, per_site_answers;
  std::map<std::vector<std::string>, postfix::TrustAnchors> anchors;
};

/// The request of dane-evidence(5), a JSON object.
[[nodiscard]] std::string encode_request(const Snapshot& snapshot);
/// \return `evidence-invalid` for what encode_request() does not write.
[[nodiscard]] Result<Snapshot> decode_request(const std::string& json);

/// Answers out of a snapshot, or from elsewhere and kept in it.  The lookups may be called from
/// many threads and must not outlive either.
class Kept {
 public:
  explicit Kept(Snapshot& snapshot) : snapshot_(snapshot) {}
  /// \param live  empty: what the snapshot does not hold is a TableError.
  [[nodiscard]] postfix::TableLookup lookup(TableAnswers& answers, postfix::TableLookup live);
  [[nodiscard]] postfix::TrustAnchors anchors(const std::vector<std::string>& files, bool live);

 private:
  Snapshot& snapshot_;
  std::mutex mutex_;
};

}  // namespace dane::tools::tls_policy_check
