/// \file  Typed, strict access to JSON values.  Internal.
///
/// The first problem is kept with its place (a JSON pointer, RFC 6901); after it every access
/// gives a harmless default, so that decoding code reads straight down and asks once at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dane/core/clock.hpp"
#include "dane/core/domain_name.hpp"
#include "dane/core/ip_address.hpp"

#include "libdane/evidence/json_input.hpp"

namespace dane::evidence {

/// The first thing that was wrong.
struct Problem {
  std::optional<Error> error;
  std::string where;  ///< the file
};

/// A value and the way to it.  Lives on the stack: a child must not outlive its parent.
class Node {
 public:
  Node(const Json& value, Problem& problem) : value_(&value), problem_(&problem) {}

  [[nodiscard]] bool failed() const { return problem_->error.has_value(); }
  void fail_here(std::string what, std::string code = "evidence-invalid") const;

  /// This is an object with exactly the fields `required` and, as may be, those of `optional`.
  void expect_fields(const std::vector<std::string_view>& required,
                     const std::vector<std::string_view>& optional = {}) const;
  [[nodiscard]] bool has(std::string_view field) const;
  [[nodiscard]] bool is_null() const { return value_->is_null(); }
  [[nodiscard]] Node at(const char* field) const;

  /// Calls `work(Node)` for each element of an array of at most `limit`.
  template <class Work>
  void each(std::size_t limit, Work&& work) const {
    if (!expect_array(limit)) return;
    for (std::size_t i = 0; i < value_->size() && !failed(); ++i) {
      work(Node((*value_)[i], *this, {}, i));
    }
  }
  /// Calls `work(name, Node)` for each field of an object used as a map.
  template <class Work>
  void each_field(Work&& work) const {
    if (!expect_object()) return;
    for (const auto& [name, value] : value_->items()) {
      if (failed()) return;
      work(name, Node(value, *this, name, 0));
    }
  }

  [[nodiscard]] std::string text(std::size_t limit = 4096) const;
  [[nodiscard]] std::uint64_t number(std::uint64_t max) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::chrono::seconds seconds() const;  ///< 32 bits, as in DNS
  [[nodiscard]] TimePoint time() const;
  [[nodiscard]] DomainName name() const;
  [[nodiscard]] IpAddress address() const;
  [[nodiscard]] std::string object_text() const;

  /// The value of a Result, or the problem that its error becomes here.
  template <class T>
  [[nodiscard]] std::optional<T> check(Result<T> result) const {
    if (result) return std::move(*result);
    fail_here(result.error().what);
    return std::nullopt;
  }

 private:
  Node(const Json& value, const Node& parent, std::string_view field, std::size_t index)
      : value_(&value), problem_(parent.problem_), parent_(&parent), field_(field), index_(index) {}
  bool expect_array(std::size_t limit) const;
  bool expect_object() const;
  [[nodiscard]] std::string pointer() const;

  const Json* value_;
  Problem* problem_;
  const Node* parent_ = nullptr;
  std::string_view field_;  // of the parent object; empty: element `index_` of an array
  std::size_t index_ = 0;
};

}  // namespace dane::evidence
