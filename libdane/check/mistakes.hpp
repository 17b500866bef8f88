/// \file  What was published by mistake?  A record that matches nothing, held against everything
/// that people are known to digest instead of the right thing.
#pragma once

#include <optional>
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
  std::optional<tlsa::Record> right;  ///< what was probably meant, as 3 1 1 or 2 1 1
};

/// Records of one RRset that are looked at: real ones are far fewer.
inline constexpr std::size_t most_guessed_records = 64;

/// Digests everything that the chains might have been mistaken for, once and when needed, for any
/// number of records.
class MistakeFinder {
 public:
  /// \param chains  what the service presents: the first eight, ten certificates each, are looked
  /// at, so that a hostile server costs little.  \param others  what other hosts present.
  MistakeFinder(const std::vector<x509::Chain>& chains, std::vector<NamedChain> others);

  /// \return nothing when the record is right for one of the chains.
  [[nodiscard]] std::optional<Mistake> guess(const tlsa::Record& record);

  /// A certificate or key, whole or digested, and where it stands.
  struct Candidate {
    std::size_t chain = 0;
    std::size_t position = 0;
    tlsa::Selector selector{};
    tlsa::MatchingType type{};
    Bytes octets;
    std::string hex;  ///< of digests only
  };
  /// Digests of something that is neither.
  struct WrongForm {
    std::size_t chain = 0;
    std::optional<std::size_t> position;  ///< none: the whole file
    std::string what;
    Bytes sha256, sha512;
  };

 private:
  [[nodiscard]] bool is_right(const tlsa::Record& record) const;
  void prepare();

  std::vector<x509::Chain> chains_;
  std::vector<NamedChain> others_;
  std::vector<Candidate> candidates_;
  std::vector<WrongForm> forms_;
};

[[nodiscard]] std::string_view finding_id(MistakeKind kind);  ///< "mistake-selector", ...

}  // namespace dane::check
