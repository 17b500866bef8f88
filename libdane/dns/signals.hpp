/// \file  Threads of the library take no signals: they are the program's.  Internal.
#pragma once

#include <csignal>

namespace dane::dns {

/// Blocks all signals in the calling thread.  SIGPIPE too: a library that writes to a closed TCP
/// connection must not end the program.
inline void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace dane::dns
