/// \file  Tags of an XMPP stream, one by one.  RFC 6120 section 11: no DTD, no comments, no
/// processing instructions but the declaration, so no XML parser is needed to find STARTTLS.
#pragma once

#include <cstddef>
#include <string_view>

namespace dane::probe {

struct Tag {
  std::string_view name;        ///< without its prefix
  std::string_view attributes;  ///< raw
  bool opens = false;
  bool closes = false;  ///< `<x/>` opens and closes
};

enum class TagStatus { complete, incomplete, malformed };

/// Takes one tag, with white space or text before it, off the front of `text`.  The XML
/// declaration is skipped.  \param limit  octets of one tag; more are malformed.
[[nodiscard]] TagStatus decode_tag(std::string_view& text, std::size_t limit, Tag& out);

/// True when the attributes hold `name`, with that value unless `value` is empty.
[[nodiscard]] bool has_attribute(const Tag& tag, std::string_view name,
                                 std::string_view value = {});

}  // namespace dane::probe
