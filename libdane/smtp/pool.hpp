/// \file  A bounded pool of threads that all hosts of one survey share.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace dane::smtp {

/// Threads are started as they are needed, at most `limit`.  A task must not wait for another
/// task of the same pool.
class Pool {
 public:
  explicit Pool(std::size_t limit) : limit_(limit) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    threads_.clear();  // joins, before the members that the threads use go away
  }

  /// The future carries an exception of the task.
  template <class Task>
  [[nodiscard]] auto submit(Task task) {
    using Out = std::invoke_result_t<Task&>;
    auto packaged = std::make_shared<std::packaged_task<Out()>>(std::move(task));
    auto future = packaged->get_future();
    if (enqueue([packaged] { (*packaged)(); })) {
      wake_.notify_one();
    } else {
      (*packaged)();
    }
    return future;
  }

 private:
  /// \return false when the system gives no thread at all: the caller has to do the work itself.
  bool enqueue(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= idle_ && threads_.size() < limit_) {
      try {
        threads_.emplace_back([this] { run(); });
      } catch (const std::system_error&) {
        if (threads_.empty()) return false;
      }
    }
    queue_.push_back(std::move(task));
    return true;
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      --idle_;
      if (queue_.empty()) return;
      const auto task = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::size_t idle_ = 0;
  bool closing_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace dane::smtp
