#include "tools/tls-policy-check/installed_postfix.hpp"

#include <algorithm>

#include "dane/core/text.hpp"

#include "libdane/postfix/words.hpp"
#include "tools/tls-policy-check/child.hpp"

namespace dane::tools::tls_policy_check {

namespace {

using postfix::Assignment;
using postfix::Assignments;

/// "name = value" lines.
Assignments parse_postconf(std::string_view text) {
  Assignments out;
  for (const auto line : postfix::split(text, "\n")) {
    const auto equals = line.find(" =");
    if (equals == std::string_view::npos) continue;
    auto value = line.substr(equals + 2);
    if (value.starts_with(' ')) value.remove_prefix(1);
    out.insert_or_assign(std::string(line.substr(0, equals)),
                         Assignment{std::string(value), {}, 0});
  }
  return out;
}

/// postconf's complaint behind "fatal: ".
std::string complaint(const Finished& finished) {
  const auto at = finished.err.find("fatal: ");
  const auto text = std::string_view(finished.err).substr(at == std::string::npos ? 0 : at + 7);
  return printable(text.substr(0, text.find('\n')), 300);
}

Result<Assignments> ask_postconf(const std::string& postconf, const std::string& folder,
                                 Deadline deadline) {
  const auto done = run_program({postconf, "-c", folder}, {}, deadline);
  if (!done) return tl::unexpected(done.error());
  if (done->status != 0)
    return fail("config-unreadable", "postconf: " + complaint(*done), printable(folder),
                "mend the file, or name another folder with --config-dir");
  return parse_postconf(done->out);
}

Result<postfix::Version> ask_version(const std::string& postconf, Deadline deadline) {
  const auto done = run_program({postconf, "-d", "mail_version"}, {}, deadline);
  if (!done) return tl::unexpected(done.error());
  const auto values = parse_postconf(done->out);
  const auto found = values.find("mail_version");
  return postfix::parse_version(found != values.end() ? found->second.value : "");
}

}  // namespace

Programs find_programs(bool without_postfix) {
  if (without_postfix) return {};
  return {find_program("postconf"), find_program("postmap")};
}

Installed ask_installed(const Programs& programs, const std::string& folder,
                        const postfix::MainCf& main, Deadline deadline) {
  Installed out;
  if (programs.postconf.empty()) return out;
  const auto version = ask_version(programs.postconf, deadline);
  if (!version) {
    out.fault = version.error();
    return out;
  }
  out.version = *version;
  const auto is_fatal = [](const postfix::ConfigProblem& problem) { return problem.fatal; };
  if (std::ranges::any_of(main.problems, is_fatal)) return out;
  auto asked = ask_postconf(programs.postconf, folder, deadline);
  if (asked)
    out.values = std::move(*asked);
  else
    out.fault = std::move(asked.error());
  return out;
}

}  // namespace dane::tools::tls_policy_check
