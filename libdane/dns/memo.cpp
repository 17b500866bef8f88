/// \file  The same question is asked once.
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "dane/dns/resolvers.hpp"

namespace dane::dns {
namespace {

/// One question that was or is being asked.
struct Entry {
  Deadline deadline;  ///< of the caller who asks
  std::condition_variable ready;
  std::optional<LookupOutcome> outcome;
  bool abandoned = false;  ///< the asking caller ended with an exception
};

bool is_timeout(const LookupOutcome& outcome) {
  const auto* failed = std::get_if<Failed>(&outcome);
  return failed != nullptr && failed->kind == FailureKind::timeout;
}

class MemoResolver final : public Resolver {
 public:
  explicit MemoResolver(Resolver& inner) : inner_(inner) {}

  LookupOutcome lookup(const Question& question, Deadline deadline) override {
    std::unique_lock lock(mutex_);
    for (;;) {
      auto& slot = entries_[question];
      if (!slot) {
        slot = std::make_shared<Entry>();
        slot->deadline = deadline;
        return ask(question, slot, lock);
      }
      const auto entry = slot;
      const auto settled = [&] { return entry->outcome.has_value() || entry->abandoned; };
      if (!entry->ready.wait_until(lock, deadline, settled))
        return Failed{FailureKind::timeout, "no answer within the time allowed",
                      question.to_string(), "allow more time"};
      // Another's patience is no answer to a caller who has more of it.
      const bool again =
          entry->abandoned || (is_timeout(*entry->outcome) && deadline > entry->deadline);
      if (!again) return *entry->outcome;
      const auto now = entries_.find(question);
      if (now != entries_.end() && now->second == entry) entries_.erase(now);
    }
  }

 private:
  LookupOutcome ask(const Question& question, std::shared_ptr<Entry> entry,
                    std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    std::optional<LookupOutcome> outcome;
    try {
      outcome = inner_.lookup(question, entry->deadline);
    } catch (...) {
      lock.lock();
      entry->abandoned = true;
      entry->ready.notify_all();
      throw;
    }
    lock.lock();
    entry->outcome = *outcome;
    entry->ready.notify_all();
    return std::move(*outcome);
  }

  Resolver& inner_;
  std::mutex mutex_;
  std::map<Question, std::shared_ptr<Entry>> entries_;
};

}  // namespace

std::unique_ptr<Resolver> make_memo_resolver(Resolver& inner) {
  return std::make_unique<MemoResolver>(inner);
}

}  // namespace dane::dns
