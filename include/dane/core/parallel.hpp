/// \file  Many at once, bounded.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

namespace dane {

/// Calls `work(item)` for every item on at most `limit` threads and returns the results in the
/// items' order.  The calling thread takes part, so one item costs no thread.  An exception of
/// `work` is rethrown after all threads have ended.
template <class Item, class Work>
[[nodiscard]] auto map_concurrently(const std::vector<Item>& items, std::size_t limit,
                                    Work&& work) {
  using Out = std::invoke_result_t<Work&, const Item&>;
  std::vector<std::optional<Out>> slots(items.size());
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  auto take = [&] {
    for (std::size_t i = next++; i < items.size(); i = next++) {
      try {
        slots[i].emplace(work(items[i]));
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    const std::size_t wanted = items.size() < limit ? items.size() : limit;
    for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(take);
    take();
  }
  if (failure) std::rethrow_exception(failure);
  std::vector<Out> out;
  out.reserve(slots.size());
  for (auto& slot : slots) out.push_back(std::move(*slot));
  return out;
}

}  // namespace dane
