#include "tools/tls-policy-check/snapshot.hpp"

#include "dane/core/text.hpp"

namespace dane::tools::tls_policy_check {

postfix::TableLookup Kept::lookup(TableAnswers& answers, postfix::TableLookup live) {
  return [this, &answers, ask = std::move(live)](const std::string& key) -> postfix::TableAnswer {
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = answers.find(key); known != answers.end()) return known->second;
    }
    if (!ask)
      return postfix::TableError{.what = "the evidence does not hold the key " + printable(key),
                                 .only_here = true};
    auto answer = ask(key);  // others may ask meanwhile
    const std::lock_guard lock(mutex_);
    return answers.emplace(key, std::move(answer)).first->second;
  };
}

postfix::TrustAnchors Kept::anchors(const std::vector<std::string>& files, bool live) {
  const std::lock_guard lock(mutex_);
  const auto known = snapshot_.anchors.find(files);
  if (known != snapshot_.anchors.end()) return known->second;
  postfix::TrustAnchors loaded;
  if (live)
    loaded = postfix::load_trust_anchors(files, snapshot_.configuration.chroot,
                                         snapshot_.configuration.version);
  else
    loaded.invalid = !files.empty();
  return snapshot_.anchors.emplace(files, std::move(loaded)).first->second;
}

}  // namespace dane::tools::tls_policy_check
