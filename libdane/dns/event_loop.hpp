/// \file  A libevent loop on a thread of its own, woken from other threads.  Internal.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "dane/core/error.hpp"

struct event;
struct event_base;

namespace dane::dns {

/// Everything registered with base() happens on the loop's thread, once start() was called.
class EventLoop {
 public:
  /// \return `resolver-setup-failed` when file descriptors are out.
  [[nodiscard]] static Result<std::unique_ptr<EventLoop>> make();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  [[nodiscard]] event_base* base() const { return base_; }
  /// Both run on the loop's thread: `on_wake` after wake(), once for several calls made in a row;
  /// `on_broken` when the loop cannot go on.
  void start(std::function<void()> on_wake, std::function<void()> on_broken);
  void wake() const;
  /// Ends the loop and its thread; afterwards base() belongs to the caller's thread again.
  void stop();

 private:
  EventLoop(event_base* base, int wake_fd) : base_(base), wake_fd_(wake_fd) {}
  static void on_readable(int fd, short what, void* self);

  event_base* base_;
  int wake_fd_;
  event* wake_event_ = nullptr;
  std::function<void()> on_wake_;
  std::atomic<bool> stopping_ = false;
  std::jthread thread_;
};

}  // namespace dane::dns
