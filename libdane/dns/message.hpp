/// \file  One DNS message, decoded as far as a lookup needs it.  Internal.  RFC 1035, 2308, 6672,
/// 8914.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dane/dns/records.hpp"

namespace dane::dns {

/// No honest alias chain is longer; longer ones are attacks or loops.
inline constexpr std::size_t kMaxAliases = 16;

/// What a reply says about one question.  Nothing in it is validated.
struct Message {
  unsigned rcode = 0;          ///< with the EDNS extension, RFC 6891 section 6.1.3
  bool authoritative = false;  ///< AA
  bool truncated = false;      ///< TC
  bool authenticated = false;  ///< AD
  bool referral = false;       ///< points to other servers instead of answering
  std::size_t size = 0;        ///< octets
  std::vector<Alias> aliases;  ///< from the question's name on
  DomainName final_name;       ///< where the aliases of this message end
  std::vector<Bytes> rdata;    ///< of the asked type at final_name, canonical order, no repetitions
  std::vector<Signature> signatures;
  std::optional<std::chrono::seconds> ttl;           ///< least of the aliases and the records
  std::optional<std::chrono::seconds> negative_ttl;  ///< none: no SOA in the authority section
  std::optional<std::uint16_t> extended_error;       ///< first INFO-CODE, RFC 8914
  std::string extended_text;  ///< all extended errors, printable; may be empty
};

/// Decodes the reply to `question`, following CNAME and DNAME within the answer section.
///
/// \param wire  a whole DNS message as received.
/// \return the message; `message-malformed` when it cannot be decoded, is no reply, answers another
/// question, has a looping or over-long alias chain or two aliases at one name.
[[nodiscard]] Result<Message> decode_message(ByteView wire, const Question& question);

/// True when the message header and the question section are those of a reply to `question` with
/// this id: what tells a reply from a stray or forged datagram.
[[nodiscard]] bool is_reply_to(ByteView wire, std::uint16_t id, const Question& question);

[[nodiscard]] std::string rcode_name(unsigned rcode);  ///< "SERVFAIL", "RCODE 23"

}  // namespace dane::dns
