/// \file  Asking once: the memo, and deadlines of those who wait for another's question.
#include <condition_variable>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "dane/dns/resolvers.hpp"

#include "libdane/dns/makes.hpp"
#include "tests/support/deadline.hpp"

using namespace dane;
using namespace std::chrono_literals;
using dns::Question;
using dns::RecordType;
using test::in;

namespace {

/// Answers when told to; counts.
class GatedResolver final : public dns::Resolver {
 public:
  dns::LookupOutcome lookup(const Question&, Deadline deadline) override {
    std::unique_lock lock(mutex_);
    ++asked;
    changed_.notify_all();
    if (throws) throw std::runtime_error("broken");
    if (!changed_.wait_until(lock, deadline, [&] { return open_; }))
      return Failed{FailureKind::timeout, "inner", "", ""};
    return Absent{5s, Security::secure, true};
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_until_asked(int times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked >= times; });
  }
  std::atomic<int> asked{0};
  std::atomic<bool> throws{false};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

Question question(const char* name) {
  return {DomainName::parse(name).value(), RecordType::tlsa};
}

}  // namespace

TEST_CASE("the same question is asked once", "[memo]") {
  GatedResolver inner;
  const auto memo = dns::make_memo_resolver(inner);
  std::vector<dns::LookupOutcome> outcomes(8);
  {
    std::vector<std::jthread> callers;
    for (auto& outcome : outcomes)
      callers.emplace_back([&] { outcome = memo->lookup(question("a.example"), in(60s)); });
    inner.wait_until_asked(1);
    inner.open();
  }
  for (const auto& outcome : outcomes)
    CHECK(outcome == dns::LookupOutcome(Absent{5s, Security::secure, true}));
  CHECK(inner.asked == 1);
  static_cast<void>(memo->lookup(question("a.example"), in(60s)));
  CHECK(inner.asked == 1);
  static_cast<void>(memo->lookup(question("b.example"), in(60s)));
  CHECK(inner.asked == 2);
}

TEST_CASE("each caller's own deadline holds", "[memo]") {
  GatedResolver inner;
  const auto memo = dns::make_memo_resolver(inner);
  dns::LookupOutcome patient;
  std::jthread caller([&] { patient = memo->lookup(question("a.example"), in(60s)); });
  inner.wait_until_asked(1);
  const auto hasty = memo->lookup(question("a.example"), in(50ms));
  REQUIRE(std::holds_alternative<Failed>(hasty));
  CHECK(std::get<Failed>(hasty).kind == FailureKind::timeout);
  inner.open();
  caller.join();
  CHECK(std::holds_alternative<Absent>(patient));
  CHECK(inner.asked == 1);
}

TEST_CASE("one caller's short patience is no answer to others", "[memo]") {
  GatedResolver inner;
  const auto memo = dns::make_memo_resolver(inner);
  dns::LookupOutcome hasty, patient;
  std::jthread first([&] { hasty = memo->lookup(question("a.example"), in(100ms)); });
  inner.wait_until_asked(1);
  std::jthread second([&] { patient = memo->lookup(question("a.example"), in(60s)); });
  first.join();
  CHECK(std::holds_alternative<Failed>(hasty));
  inner.wait_until_asked(2);
  inner.open();
  second.join();
  CHECK(std::holds_alternative<Absent>(patient));
}

TEST_CASE("an exception of the inner resolver locks nobody out", "[memo]") {
  GatedResolver inner;
  const auto memo = dns::make_memo_resolver(inner);
  inner.throws = true;
  CHECK_THROWS_AS(memo->lookup(question("a.example"), in(60s)), std::runtime_error);
  inner.throws = false;
  inner.open();
  CHECK(std::holds_alternative<Absent>(memo->lookup(question("a.example"), in(60s))));
}
