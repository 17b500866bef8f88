#include "dane/postfix/master_cf.hpp"

#include <fmt/core.h>

#include "libdane/postfix/logical_lines.hpp"
#include "libdane/postfix/policy_tokens.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::size_t fixed_fields =
    8;  // service type private unpriv chroot wakeup maxproc command

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  void take(const LogicalLine& line) {
    const auto words = split_braced(line.text, " \t\r\n");
    if (words.size() < fixed_fields) return;
    Service service;
    service.name = words[0];
    service.type = words[1];
    service.chroot = words[4];
    service.command = words[7];
    service.line = line.first;
    for (auto i = fixed_fields; i < words.size(); ++i) {
      if (!words[i].starts_with("-o")) continue;
      if (words[i].size() > 2)
        override_with(words[i].substr(2), service);
      else if (i + 1 < words.size())
        override_with(words[++i], service);
    }
    out_.services.push_back(std::move(service));
  }

  MasterCf result() { return std::move(out_); }

 private:
  void override_with(std::string_view option, Service& service) {
    const auto read = read_attribute(option, true);
    if (read.error.empty()) {
      service.overrides.insert_or_assign(read.name, Assignment{read.value, file_, service.line});
      return;
    }
    const bool sets_nothing = read.text.find('=') == std::string::npos;
    const auto words = sets_nothing ? fmt::format("invalid \"-o {}\" option value: {}",
                                                  as_logged(read.text), read.error)
                                    : read.error;
    add_bounded(out_.problems,
                {"config-syntax", fmt::format("service {}: {}", as_logged(service.name), words),
                 file_, service.line, "the service does not start, and mail for it waits",
                 "write -o name=value", true, words});
  }

  std::string file_;
  MasterCf out_;
};

}  // namespace

MasterCf parse_master_cf(std::string_view text, std::string_view file) {
  const auto [lines, problems] = read_logical_lines(text, file);
  Reader reader(file);
  for (const auto& line : lines) reader.take(line);
  auto read = reader.result();
  read.problems.insert(read.problems.begin(), problems.begin(), problems.end());
  return read;
}

}  // namespace dane::postfix
