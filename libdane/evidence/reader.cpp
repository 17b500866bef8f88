#include "libdane/evidence/reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::evidence {

std::string Node::pointer() const {
  if (parent_ == nullptr) return {};
  std::string step;
  if (parent_->value_->is_object()) {
    for (const char c : field_) {
      step += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    step = printable(step, 80);
  } else {
    step = std::to_string(index_);
  }
  return parent_->pointer() + "/" + step;
}

void Node::fail_here(std::string what, std::string code) const {
  if (failed()) return;
  const std::string place = pointer();
  problem_->error = Error{std::move(code),
                          std::move(what),
                          fmt::format("{}: {}", problem_->where, place.empty() ? "/" : place),
                          {}};
}

bool Node::expect_object() const {
  if (!value_->is_object()) fail_here("an object is expected");
  return !failed();
}

bool Node::expect_array(std::size_t limit) const {
  if (!value_->is_array()) {
    fail_here("a list is expected");
  } else if (value_->size() > limit) {
    fail_here(fmt::format("more than {} elements", limit));
  }
  return !failed();
}

void Node::expect_fields(const std::vector<std::string_view>& required,
                         const std::vector<std::string_view>& optional) const {
  if (!expect_object()) return;
  for (const auto name : required) {
    if (!has(name)) return fail_here(fmt::format("the field \"{}\" is missing", name));
  }
  const auto among = [](const auto& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& [name, value] : value_->items()) {
    if (among(required, name) || among(optional, name)) continue;
    return fail_here(fmt::format("unknown field \"{}\"", printable(name, 64)));
  }
}

bool Node::has(std::string_view field) const {
  return value_->is_object() && value_->contains(std::string(field));
}

Node Node::at(const char* field) const {
  static const Json nothing;
  if (!failed() && value_->is_object()) {
    const auto it = value_->find(field);
    if (it != value_->end()) return {*it, *this, field, 0};
    fail_here(fmt::format("the field \"{}\" is missing", field));
  }
  return {nothing, *this, field, 0};
}

std::string Node::text(std::size_t limit) const {
  if (failed()) return {};
  if (!value_->is_string()) {
    fail_here("a string is expected");
    return {};
  }
  const auto& value = value_->get_ref<const std::string&>();
  if (value.size() <= limit) return value;
  fail_here(fmt::format("a string longer than {} octets", limit));
  return {};
}

std::uint64_t Node::number(std::uint64_t max) const {
  if (failed()) return 0;
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() <= max) {
    return value_->get<std::uint64_t>();
  }
  fail_here(fmt::format("a whole number from 0 to {} is expected", max));
  return 0;
}

bool Node::boolean() const {
  if (failed()) return false;
  if (value_->is_boolean()) return value_->get<bool>();
  fail_here("true or false is expected");
  return false;
}

std::chrono::seconds Node::seconds() const {
  return std::chrono::seconds(number(UINT32_MAX));
}

TimePoint Node::time() const {
  const auto value = text(64);
  if (failed()) return {};
  return check(parse_rfc3339(value)).value_or(TimePoint{});
}

DomainName Node::name() const {
  const auto value = text();
  if (failed()) return {};
  return check(DomainName::parse_presentation(value)).value_or(DomainName{});
}

IpAddress Node::address() const {
  const auto value = text(64);
  if (failed()) return {};
  return check(IpAddress::parse(value)).value_or(IpAddress{});
}

std::string Node::object_text() const {
  return expect_object() ? value_->dump() : std::string{};
}

}  // namespace dane::evidence
