#include "libdane/dns/event_loop.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include <event2/event.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libdane/dns/signals.hpp"

namespace dane::dns {

namespace {

/// libevent ends the process when it cannot have the descriptors that a base needs.
bool enough_descriptors() {
  constexpr int needed = 8;
  std::array<int, needed> taken{};
  taken.fill(-1);
  for (auto& fd : taken) fd = ::eventfd(0, EFD_CLOEXEC);
  const bool enough = taken.back() >= 0;
  for (const int fd : taken) {
    if (fd >= 0) ::close(fd);
  }
  return enough;
}

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::make() {
  const auto failed = [] {
    return fail("resolver-setup-failed", "too few file descriptors are left for a resolver", {},
                "raise the limit of open files (ulimit -n)");
  };
  if (!enough_descriptors()) return failed();
  const std::unique_ptr<event_config, decltype(&event_config_free)> config(event_config_new(),
                                                                           event_config_free);
  // One thread at a time touches the base: no locks needed.
  if (!config || event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK) != 0) return failed();
  const int wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return failed();
  event_base* const base = event_base_new_with_config(config.get());
  if (base == nullptr) {
    ::close(wake_fd);
    return failed();
  }
  std::unique_ptr<EventLoop> loop(new EventLoop(base, wake_fd));
  loop->wake_event_ = event_new(base, wake_fd, EV_READ | EV_PERSIST, on_readable, loop.get());
  if (loop->wake_event_ == nullptr || event_add(loop->wake_event_, nullptr) != 0) return failed();
  return loop;
}

EventLoop::~EventLoop() {
  stop();
  if (wake_event_ != nullptr) event_free(wake_event_);
  event_base_free(base_);
  ::close(wake_fd_);
}

void EventLoop::start(std::function<void()> on_wake, std::function<void()> on_broken) {
  on_wake_ = std::move(on_wake);
  thread_ = std::jthread([this, broken = std::move(on_broken)] {
    block_signals();
    event_base_dispatch(base_);
    if (!stopping_) broken();
  });
}

void EventLoop::wake() const {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_fd_, &one, sizeof one));
}

void EventLoop::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake();
  thread_.join();
}

void EventLoop::on_readable(int fd, short /*what*/, void* self) {
  auto* const loop = static_cast<EventLoop*>(self);
  std::uint64_t times = 0;
  static_cast<void>(!::read(fd, &times, sizeof times));
  if (loop->stopping_)
    event_base_loopbreak(loop->base_);
  else
    loop->on_wake_();
}

}  // namespace dane::dns
