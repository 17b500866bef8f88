#include "dane/postfix/policy_table.hpp"

#include "libdane/postfix/policy_tokens.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::string_view proxy = "proxy";

struct TypeAndName {
  std::string_view type;  ///< empty: none is given
  std::string_view name;
};

TypeAndName split_type(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.front() == '/') return {{}, text};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

std::string MapName::to_string() const {
  return (proxied ? "proxy:" : "") + type + ":" + name;
}

std::optional<std::string> MapName::static_value() const {
  if (!name.starts_with('{')) return name;
  if (name.size() < 2 || !name.ends_with('}')) return std::nullopt;
  return std::string(trim(std::string_view(name).substr(1, name.size() - 2)));
}

std::vector<MapName> parse_map_names(std::string_view text, std::string_view default_type) {
  std::vector<MapName> maps;
  for (const auto token : policy_tokens(text, true)) {
    auto [type, name] = split_type(token);
    const bool proxied = type == proxy;
    if (proxied) {
      const auto inner = split_type(name);
      type = inner.type;
      name = inner.name;
    }
    maps.push_back({std::string(type.empty() ? default_type : type), std::string(name), proxied});
  }
  return maps;
}

}  // namespace dane::postfix
