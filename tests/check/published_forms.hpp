/// \file  What people digest by mistake, written by OpenSSL's own encoders.
#pragma once

#include <string>
#include <vector>

#include "world.hpp"

namespace dane::test {

struct PublishedForm {
  std::string what;
  std::string octets;
  std::string phrase;  ///< of the finding
};

std::vector<PublishedForm> published_forms(const Issued& leaf, const x509::Chain& chain);
std::vector<PublishedForm> rsa_forms(const Issued& leaf);

}  // namespace dane::test
