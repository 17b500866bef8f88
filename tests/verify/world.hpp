/// \file  A fixed population of certificates for the random comparison: every shape of chain that
/// has ever told verifiers apart, once with RSA and once with ECDSA keys.
#pragma once

#include <string>
#include <vector>

#include "tests/support/test_ca.hpp"

namespace dane::test {

/// When most certificates of the world are valid; the expired ones end, and the future ones begin,
/// half a year away from it.
inline const TimePoint world_now = at_date(2025, 6, 1);
inline const TimePoint world_expiry = at_date(2025, 1, 1);
inline const TimePoint world_future = at_date(2026, 1, 1);

struct Member {
  std::string label;
  Issued issued;
  std::vector<std::string>
      issuers;  ///< labels of the issuers that a tidy server would send, nearest first
  bool leaf = false;
};

class World {
 public:
  explicit World(x509::KeyType type);

  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  [[nodiscard]] const Member& at(const std::string& label) const;
  [[nodiscard]] std::vector<const Member*> leaves() const;
  [[nodiscard]] std::vector<const Member*> authorities() const;

 private:
  const Issued& add(const std::string& label, Issued issued, std::vector<std::string> issuers = {},
                    bool leaf = false);
  void add_roots(x509::KeyType type);
  void add_intermediates(x509::KeyType type);
  void add_odd_intermediates(x509::KeyType type);
  void add_weak_intermediates(x509::KeyType type);
  void add_weak_leaves(x509::KeyType type);
  void add_leaves(x509::KeyType type);
  void add_odd_leaves(x509::KeyType type);
  void add_lonely_leaves(x509::KeyType type);

  std::vector<Member> members_;
};

}  // namespace dane::test
