/// \file  Two validators, one question: agreement or Failed(disagreement).
#include <future>
#include <system_error>

#include <fmt/format.h>

#include "libdane/dns/makes.hpp"

namespace dane::dns {
namespace {

std::string describe(const LookupOutcome& outcome) {
  return std::visit(
      overloaded{[](const Found<Answer>& f) {
                   return fmt::format("{} with {} record{} at {}", to_string(f.security),
                                      f.value.rdata.size(), f.value.rdata.size() == 1 ? "" : "s",
                                      f.value.canonical_name.to_string());
                 },
                 [](const Absent& a) {
                   return fmt::format("{} denial ({})", to_string(a.security),
                                      a.name_exists ? "no such records" : "no such name");
                 },
                 [](const Failed& f) {
                   return fmt::format("failed, {} ({})", to_string(f.kind), f.what);
                 }},
      outcome);
}

/// Same shape, same security, same data.  TTLs and sizes are the cache's matter; of two failures
/// neither is an answer, so they need not be of the same kind.
bool agree(const LookupOutcome& one, const LookupOutcome& other) {
  if (one.index() != other.index()) return false;
  return std::visit(overloaded{[&](const Found<Answer>& f) {
                                 const auto& g = std::get<Found<Answer>>(other);
                                 return f.security == g.security &&
                                        f.value.rdata == g.value.rdata &&
                                        f.value.canonical_name == g.value.canonical_name;
                               },
                               [&](const Absent& a) {
                                 const auto& b = std::get<Absent>(other);
                                 return a.security == b.security && a.name_exists == b.name_exists;
                               },
                               [](const Failed&) { return true; }},
                    one);
}

class ComparingResolver final : public Resolver {
 public:
  ComparingResolver(std::unique_ptr<Resolver> unbound, std::unique_ptr<Resolver> getdns)
      : unbound_(std::move(unbound)), getdns_(std::move(getdns)) {}

  LookupOutcome lookup(const Question& question, Deadline deadline) override {
    auto second =
        std::async(std::launch::async, [&] { return getdns_->lookup(question, deadline); });
    auto first = unbound_->lookup(question, deadline);
    const auto other = second.get();
    if (agree(first, other)) {
      auto* failed = std::get_if<Failed>(&first);
      if (failed != nullptr && failed->kind != std::get<Failed>(other).kind)
        failed->what += fmt::format("; getdns: {}", describe(other));
      return first;
    }
    return Failed{FailureKind::disagreement,
                  fmt::format("two validators differ: unbound says {}; getdns says {}",
                              describe(first), describe(other)),
                  question.to_string(),
                  "run again; if it stays, look at the zone with another validator"};
  }

 private:
  std::unique_ptr<Resolver> unbound_;
  std::unique_ptr<Resolver> getdns_;
};

}  // namespace

std::unique_ptr<Resolver> make_comparing_resolver(std::unique_ptr<Resolver> unbound,
                                                  std::unique_ptr<Resolver> getdns) {
  return std::make_unique<ComparingResolver>(std::move(unbound), std::move(getdns));
}

}  // namespace dane::dns
