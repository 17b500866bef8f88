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
  std::string request;     ///< the tool's own request as a JSON object, so that --replay needs no other argument
  std::map<dns::Question, dns::LookupOutcome> lookups;
  std::map<AuthorityQuestion, dns::LookupOutcome> authorities;
  std::map<probe::ProbeRequest, probe::ProbeResult> probes;
};

[[nodiscard]] std::string encode(const Evidence& evidence);  ///< JSON text, stable order
/// Strict: unknown schema, missing or wrong fields, bad base64, bad DER are errors that name the place.
/// \return `evidence-not-json`, `evidence-schema`, `evidence-invalid`, `evidence-too-large`.
[[nodiscard]] Result<Evidence> decode(std::string_view text, std::string_view where);
[[nodiscard]] Result<Evidence> read_file(const std::filesystem::path& file);  ///< also `file-unreadable`
/// Written beside and renamed, so that a full disk leaves no half file.  \return `file-unwritable`.
[[nodiscard]] Result<void> write_file(const Evidence& evidence, const std::filesystem::path& file);

/// Passes everything through to `live` and keeps what came back.  Thread-safe.
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

/// Answers from evidence.  What was not recorded is Failed(not_recorded), never Absent.
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
