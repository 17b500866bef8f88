#include "dane/core/outcome.hpp"

namespace dane {

std::string to_string(Security security) {
  return security == Security::secure ? "secure" : "insecure";
}

std::string to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::bogus:
      return "bogus";
    case FailureKind::servfail:
      return "servfail";
    case FailureKind::refused:
      return "refused";
    case FailureKind::timeout:
      return "timeout";
    case FailureKind::malformed:
      return "malformed";
    case FailureKind::other_rcode:
      return "other-rcode";
    case FailureKind::disagreement:
      return "disagreement";
    case FailureKind::local:
      return "local";
    case FailureKind::not_recorded:
      return "not-recorded";
  }
  return "unknown";
}

}  // namespace dane
