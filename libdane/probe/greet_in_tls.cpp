#include "libdane/probe/greet_in_tls.hpp"

#include <fmt/format.h>

#include "libdane/probe/dialogue.hpp"
#include "libdane/probe/quote.hpp"
#include "libdane/probe/reply.hpp"

namespace dane::probe {
namespace {

using Lines = std::vector<std::string>;

ProbeFailed failure(ProbeFailure kind, std::string what, const Lines& lines) {
  return {kind, std::move(what), quote_as_postfix(lines), {}, FailureDetails{ProbeStage::in_tls}};
}

/// Moves the complete lines of `buffer` into `lines`.
void take_lines(std::string& buffer, Lines& lines) {
  for (std::size_t end = 0; (end = buffer.find('\n')) != std::string::npos;) {
    lines.push_back(buffer.substr(0, end > 0 && buffer[end - 1] == '\r' ? end - 1 : end));
    buffer.erase(0, end + 1);
  }
}

}  // namespace

std::optional<ProbeFailed> greet_in_tls(TlsSession& tls, const std::string& helo,
                                        Deadline deadline) {
  if (auto failed = tls.write("EHLO " + helo + "\r\n", deadline)) return failed;
  ReplyReader reader(ReplyReader::Grammar::postfix);
  std::string buffer;
  Lines lines;
  for (std::size_t octets = 0;;) {
    auto got = tls.read(deadline);
    if (auto* failed = std::get_if<ProbeFailed>(&got)) return std::move(*failed);
    buffer += std::get<std::string>(got);
    octets += std::get<std::string>(got).size();
    if (octets > max_reply_octets)
      return failure(ProbeFailure::not_the_protocol, "the reply to EHLO within TLS does not end",
                     lines);
    const auto known = lines.size();
    take_lines(buffer, lines);
    for (std::size_t i = known; i < lines.size(); ++i) {
      if (reader.take(lines[i]) != ReplyReader::Progress::complete) continue;
      const int code = reader.release().code;
      if (code != 421) return std::nullopt;
      lines.resize(i + 1);
      return failure(ProbeFailure::greeting_rejected,
                     fmt::format("the server answers EHLO within TLS with {}", code), lines);
    }
  }
}

}  // namespace dane::probe
