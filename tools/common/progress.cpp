#include "tools/common/progress.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include <fmt/core.h>
#include <unistd.h>

namespace dane::tools {

namespace {

void tick(const std::stop_token& stop, const std::function<std::string()>& doing) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  for (int seconds = 1;; ++seconds) {
    wake.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    if (stop.stop_requested()) {
      if (seconds > 1) fmt::print(stderr, "\r\033[K");
      std::fflush(stderr);
      return;
    }
    fmt::print(stderr, "\r\033[K{} ... {} s", doing(), seconds);
    std::fflush(stderr);
  }
}

}  // namespace

Progress::Progress(std::string doing) : Progress([text = std::move(doing)] { return text; }) {}

Progress::Progress(std::function<std::string()> doing) {
  if (isatty(STDERR_FILENO) != 1) return;
  ticker_ =
      std::jthread([text = std::move(doing)](const std::stop_token& stop) { tick(stop, text); });
}

Progress::~Progress() = default;

}  // namespace dane::tools
