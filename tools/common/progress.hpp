/// \file  A progress line on standard error, when that is a terminal and work takes longer than a
/// second.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace dane::tools {

class Progress {
 public:
  explicit Progress(std::string doing);  ///< e.g. "checking example.com"
  /// \param doing  asked once a second, from another thread: "checked 120 of 5000".
  explicit Progress(std::function<std::string()> doing);
  ~Progress();  ///< clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  std::jthread ticker_;
};

}  // namespace dane::tools
