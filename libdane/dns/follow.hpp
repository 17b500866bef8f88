/// \file  From replies to one outcome: completes partial alias chains.  Internal.  RFC 7672 2.1.3.
#pragma once

#include <functional>
#include <variant>

#include "libdane/dns/message.hpp"

namespace dane::dns {

/// A reply and what its validator says of it.
struct Reply {
  Message message;
  Security security = Security::insecure;
};
using Asked = std::variant<Reply, Failed>;
using Ask = std::function<Asked(const Question&)>;

/// Asks, and asks again at the end of an alias chain that the reply left unfinished (S8).  An error
/// in any hop fails the whole (S9), one insecure hop makes the whole insecure (S10).
[[nodiscard]] LookupOutcome lookup_following(const Question& question, const Ask& ask);

/// The failure that a response code other than NOERROR and NXDOMAIN stands for, with the server's
/// extended error; none for those two.
[[nodiscard]] std::optional<Failed> judge_rcode(const Message& message, const Question& question);

}  // namespace dane::dns
