/// \file  What one run of tlsa-check is to do, checked; saved with the evidence so that a replay
/// needs no other argument.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dane/check/check.hpp"
#include "dane/core/clock.hpp"
#include "dane/core/domain_name.hpp"
#include "dane/probe/prober.hpp"
#include "dane/verify/verify.hpp"

#include "tools/common/common_options.hpp"
#include "tools/tlsa-check/arguments.hpp"
#include "tools/tlsa-check/judgement.hpp"

namespace dane::tools::tlsa_check {

/// All that bears on what is asked and how it is judged.
struct Request {
  std::vector<DomainName> domains;  ///< mail domains; exactly one service when is_host
  bool is_host = false;
  std::uint16_t port = 25;
  probe::Protocol protocol = probe::Protocol::smtp;
  bool ipv4 = true, ipv6 = true;
  bool without_sni = false;  ///< one probe more of each DANE host
  Judgement judgement;
  DomainName reference_host;
  std::optional<check::Rehearsal> rehearsal;
  std::vector<Endpoint> authority_servers;
  std::uint16_t authority_port = 53;
};

struct OfflineRequest {
  verify::Request verification;
  int days = 14;
  std::string source;
};

/// Options that no mode takes as they are: empty file names.
[[nodiscard]] Result<void> refuse_empty_files(const Arguments& arguments);

/// Checks the arguments and reads the files that they name, until the deadline.
/// \return the request; or `usage`, or what reading the files reported.
[[nodiscard]] Result<Request> check_arguments(const Arguments& arguments, Deadline deadline);
[[nodiscard]] Result<OfflineRequest> check_offline_arguments(const Arguments& arguments,
                                                             TimePoint at, Deadline deadline);

/// True when the arguments ask for the offline mode (any of its options is there).
[[nodiscard]] bool is_offline(const Arguments& arguments);

/// Trust anchors as --ca-file and --no-ca say; nothing when they are the system's, which take long
/// to read.
[[nodiscard]] Result<std::optional<x509::Chain>> read_trust(const Judgement& judgement,
                                                            Deadline deadline);

[[nodiscard]] std::string encode_request(const Request& request);  ///< one JSON object
/// The saved request, with what the arguments of the replaying run change: how to judge, never what
/// was asked. \return also `evidence-invalid`.
[[nodiscard]] Result<Request> decode_request(const std::string& json, const Arguments& arguments);

}  // namespace dane::tools::tlsa_check
