#include "tools/tls-policy-check/plain_file.hpp"

#include "libdane/core/read_file.hpp"

namespace dane::tools::tls_policy_check {

Result<std::string> read_plain_file(const std::filesystem::path& file, Deadline deadline) {
  const auto octets = read_to_end(file, most_file_octets, deadline);
  if (!octets) return tl::unexpected(octets.error());
  if (octets->size() > most_file_octets)
    return fail("file-too-large", "the file is larger than 64 MiB", input_name(file));
  return to_octets(*octets);
}

}  // namespace dane::tools::tls_policy_check
