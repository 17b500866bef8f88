/// \file  Recording and replay of all sources: `dane-evidence/1`, see dane-evidence(5).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"
#include "dane/sources.hpp"

namespace dane::evidence {

struct AuthorityQuestion {
  Endpoint server;
  dns::Question question;
  auto operator<=>(const AuthorityQuestion&) const = default;
};

/// All that a run saw.  A value; ordered, so that the file does not depend on thread timing.
struct Evidence {
  std::string tool, tool_version;
  TimePoint saved_at;      ///< when the file was written
  TimePoint evaluated_at;  ///< what the clock said to the run
  /// The tool's own request as a JSON object, so that --replay needs no other argument; empty for
  /// none.  After decode(): compact, fields sorted by name.
  std::string request;
  std::map<dns::Question, dns::LookupOutcome> lookups;
  std::map<AuthorityQuestion, dns::LookupOutcome> authorities;
  std::map<probe::ProbeRequest, probe::ProbeResult> probes;
  bool operator==(const Evidence&) const = default;
};

/// JSON text, stable order, valid UTF-8.  Each certificate is written once, however many probes
/// were shown it.  \throws std::invalid_argument when `request` is not a JSON object.
[[nodiscard]] std::string encode(const Evidence& evidence);
/// Strict: unknown schema, missing, unknown, wrong or repeated fields, the same question twice, bad
/// base64, bad DER are errors whose `where` names the place ("FILE: /lookups/3/ttl").
/// At most 64 MiB, 32 levels, two million values.
/// \return `evidence-not-json`, `evidence-schema`, `evidence-invalid`, `evidence-too-large`.
[[nodiscard]] Result<Evidence> decode(std::string_view text, std::string_view where);
/// The same from a file; "-" is standard input.  A pipe, FIFO or terminal is waited for until the
/// deadline.  \return also `file-unreadable` and `file-timeout`.
[[nodiscard]] Result<Evidence> read_file(const std::filesystem::path& file,
                                         Deadline deadline = Deadline::max());
/// Written beside and renamed, so that a full disk leaves no half file; readable by the owner only.
/// What is not a regular file (a device, a pipe) is written to as it is; "-" is standard output.
/// \return `file-unwritable`, or `evidence-invalid` when `request` is not a JSON object.
[[nodiscard]] Result<void> write_file(const Evidence& evidence, const std::filesystem::path& file);

/// Passes everything through to `live` and keeps what came back.  Thread-safe.  The first answer
/// to a question counts: it is what later callers get too, so that a replay sees what the run saw.
/// The clock stands still, at the time of construction.
class Recorder {
 public:
  explicit Recorder(const Sources& live);
  ~Recorder();
  [[nodiscard]] Sources sources();
  [[nodiscard]] Evidence take();  ///< tool, request and saved_at are the caller's to fill

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Answers from evidence.  What was not recorded is Failed(not_recorded), never Absent; for a probe
/// ProbeFailed(not_recorded).  Thread-safe; keeps a copy of the evidence.
class Replay {
 public:
  explicit Replay(const Evidence& evidence);
  ~Replay();
  [[nodiscard]] Sources sources();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dane::evidence
