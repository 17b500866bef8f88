/// \file  postmap(1): tables listed and asked, whatever their kind.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/error.hpp"
#include "dane/postfix/policy_table.hpp"

#include "tools/tls-policy-check/child.hpp"

namespace dane::tools::tls_policy_check {

/// What came of one run.
struct PostmapSaid {
  std::vector<std::pair<std::string, std::string>> rows;  ///< keys and values
  std::string fault;                                      ///< what it ended with; printable
  std::vector<std::string> warnings;                      ///< each once, at most 20; printable
};

class Postmap {
 public:
  /// \param program  its path; empty: there is none.  \param config_dir  empty: the default one.
  Postmap(std::string program, std::string config_dir, Deadline deadline)
      : program_(std::move(program)), config_dir_(std::move(config_dir)), deadline_(deadline) {}

  [[nodiscard]] bool is_installed() const { return !program_.empty(); }
  /// All rows.  Most kinds cannot be listed and say so in `fault`.  \return as run_program().
  [[nodiscard]] Result<PostmapSaid> list(const postfix::MapName& map) const;
  /// The rows of these keys.  Each kind of table folds keys as it does for Postfix.  All are asked
  /// for in one run, then backwards in another, and where these leave open whose a line is, each
  /// found one in a run of its own.
  [[nodiscard]] Result<PostmapSaid> ask(const postfix::MapName& map,
                                        const std::vector<std::string>& keys) const;

 private:
  [[nodiscard]] Result<Finished> run(std::vector<std::string> options, const postfix::MapName& map,
                                     std::string_view input) const;

  std::string program_, config_dir_;
  Deadline deadline_;
};

}  // namespace dane::tools::tls_policy_check
