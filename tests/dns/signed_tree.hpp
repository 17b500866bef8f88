/// \file  A signed DNS tree on loopback, served by nsd; see data/signed-tree for what is in it.
#pragma once

#include <filesystem>
#include <vector>

#include <sys/types.h>

#include "dane/core/bytes.hpp"
#include "dane/core/ip_address.hpp"

namespace dane::test {

class SignedTree {
 public:
  /// The tree of this program; made when first asked for.  Throws when it cannot be made.
  static const SignedTree& get();

  SignedTree();
  ~SignedTree();
  SignedTree(const SignedTree&) = delete;
  SignedTree& operator=(const SignedTree&) = delete;

  [[nodiscard]] Endpoint endpoint() const { return endpoint_; }
  [[nodiscard]] std::filesystem::path root_key() const { return folder_ / "root.key"; }
  [[nodiscard]] std::filesystem::path root_ds() const { return folder_ / "root.ds"; }
  /// What the server answers to a message, over TCP; for servers that lie only at times.
  [[nodiscard]] Bytes relay(const Bytes& query) const;

 private:
  [[nodiscard]] bool serve();

  std::filesystem::path folder_;
  Endpoint endpoint_;
  pid_t pid_ = -1;
};

}  // namespace dane::test
