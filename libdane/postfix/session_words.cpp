#include "dane/postfix/session.hpp"

namespace dane::postfix {

std::string to_string(LogWord word) {
  switch (word) {
    case LogWord::anonymous:
      return "Anonymous";
    case LogWord::untrusted:
      return "Untrusted";
    case LogWord::trusted:
      return "Trusted";
    case LogWord::verified:
      return "Verified";
  }
  return "unknown";
}

std::string to_string(Delivery delivery) {
  switch (delivery) {
    case Delivery::delivered:
      return "delivered";
    case Delivery::deferred:
      return "deferred";
    case Delivery::skipped:
      return "skipped";
    case Delivery::bounced:
      return "bounced";
  }
  return "unknown";
}

}  // namespace dane::postfix
