/// \file  What was published by mistake?  A record that matches nothing, held against everything
/// that people are known to digest instead of the right thing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dane/tlsa/record.hpp"

#include "libdane/check/service.hpp"

namespace dane::check {

/// In order of confidence: all but `stale` and a length that speaks for itself are proven by equal
/// octets.
enum class MistakeKind {
  empty_digest,   ///< the digest of nothing
  selector,       ///< certificate under selector 1, key under selector 0
  matching_type,  ///< another digest than the number says, truncated, or digested where it should
                  ///< not be
  usage,          ///< leaf under usage 2, CA under usage 3
  pem_digest,     ///< of PEM, Base64 or hex text, of the key bits, of the modulus
  other_host,     ///< right for another host of the run
  stale           ///< nothing known: probably the previous key or issuer
};

struct Mistake {
  MistakeKind kind = MistakeKind::stale;
  bool certain = false;
  std::string text;                   ///< what the data is, one sentence
  std::optional<tlsa::Record> right;  ///< the record that was probably meant
};

/// \param chains  what the service presents.  \param others  what other hosts present.
/// \return nothing when the record is right for one of the chains.
[[nodiscard]] std::optional<Mistake> guess_mistake(const tlsa::Record& record,
                                                   const std::vector<x509::Chain>& chains,
                                                   std::span<const NamedChain> others);

[[nodiscard]] std::string_view finding_id(MistakeKind kind);  ///< "mistake-selector", ...

}  // namespace dane::check
