/// \file  OpenSSL's error queue, as Postfix prints it.
#pragma once

#include <string>
#include <vector>

namespace dane::probe {

/// Empties the queue of this thread.  Each error is what Postfix puts behind `TLS library problem:
/// `
/// (`error:0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c:350:`);
/// printable, at most 512 octets.  The queue itself holds no more than 16.
[[nodiscard]] std::vector<std::string> take_library_errors();

}  // namespace dane::probe
