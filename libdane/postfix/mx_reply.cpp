#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "dane/postfix/route.hpp"

#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::size_t longest_label = 63, longest_name = 255, shown = 100;

std::string cut(std::string_view name) {
  return as_logged(name.substr(0, shown));
}

/// What valid_hostname() says of a name, "" where nothing.  A name may begin with the label "*".
std::string complaint(std::string_view name) {
  std::size_t length = 0;
  bool has_other_than_digits = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool ends_label = i + 1 == name.size() || name[i + 1] == '.';
    if (c == '.') {
      if (length == 0 || i + 1 == name.size()) return "misplaced delimiter: " + cut(name);
      length = 0;
      continue;
    }
    ++length;
    if (std::isdigit(c) == 0) has_other_than_digits = true;
    if (c == '*') {
      if (i > 0 || !ends_label) return "'*' can be the first label only: " + cut(name);
    } else if (c == '-') {
      if (length == 1 || ends_label) return "misplaced hyphen: " + cut(name);
    } else if (std::isalnum(c) == 0 && c != '_') {
      return fmt::format("invalid character {}(decimal): {}", c, cut(name));
    } else if (length > longest_label) {
      return "hostname label too long: " + cut(name);
    }
  }
  if (!has_other_than_digits) return "numeric hostname: " + cut(name);
  if (name.size() > longest_name)
    return fmt::format("bad length {} for {}", name.size(), cut(name));
  return {};
}

std::string in_record(std::string_view gripe, std::string_view domain, std::string_view name) {
  return warning_line(fmt::format("{} in resource data of MX record for {}: {}", gripe,
                                  as_logged(domain), cut(name)));
}

/// May the name stay?  With the warnings that it earns.
bool takes(std::string_view domain, std::string_view name, std::vector<std::string>& warnings) {
  if (IpAddress::parse(name)) {
    warnings.push_back(in_record("numeric domain name", domain, name));
    return true;
  }
  const auto fault = name == "." ? "empty hostname" : complaint(name);
  if (fault.empty()) return true;
  warnings.push_back(warning_line("valid_hostname: " + fault));
  warnings.push_back(in_record("malformed domain name", domain, name == "." ? "" : name));
  return false;
}

}  // namespace

MxReply read_mx_reply(std::string_view domain, const std::vector<MxRecord>& records,
                      const Version& version) {
  MxReply reply;
  const bool knows_null_mx = features_of(version).null_mx;
  for (const auto& record : records) {
    if (knows_null_mx && record.exchange == ".") {
      reply.state = MxReply::State::null_mx;
      reply.records.clear();
      return reply;
    }
    if (takes(domain, record.exchange, reply.warnings))
      reply.records.push_back(record);
    else
      reply.left_out.push_back(record.exchange);
  }
  if (reply.records.empty()) reply.state = MxReply::State::malformed;
  std::stable_sort(
      reply.records.begin(), reply.records.end(),
      [](const MxRecord& a, const MxRecord& b) { return a.preference < b.preference; });
  return reply;
}

}  // namespace dane::postfix
