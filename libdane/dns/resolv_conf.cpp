#include <algorithm>
#include <fstream>
#include <sstream>

#include "dane/dns/resolvers.hpp"

namespace dane::dns {
namespace {

constexpr std::size_t kMaxText = 64 << 10;
/// resolv.conf(5): the C library takes the first three.
constexpr std::size_t kMaxServers = 3;

}  // namespace

Result<std::vector<Endpoint>> read_resolv_conf(const std::filesystem::path& file) {
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file, error))
    return fail("resolv-conf-unreadable", "the resolver configuration cannot be read",
                file.string(), "name a resolver with --resolver");
  std::string text(kMaxText, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));

  std::vector<Endpoint> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && out.size() < kMaxServers;) {
    std::istringstream words(line);
    std::string keyword;
    std::string value;
    if (!(words >> keyword >> value) || keyword != "nameserver") continue;
    // With a scope ("fe80::1%eth0") or malformed: nothing that could be asked.
    const auto address = IpAddress::parse(value);
    if (!address) continue;
    const Endpoint server{*address, 53};
    if (std::find(out.begin(), out.end(), server) == out.end()) out.push_back(server);
  }
  if (out.empty())
    return fail("resolv-conf-empty", "the resolver configuration names no name server",
                file.string(), "name a resolver with --resolver");
  return out;
}

}  // namespace dane::dns
