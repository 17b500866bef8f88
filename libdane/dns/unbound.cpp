/// \file  libunbound validates: one shared context used asynchronously.
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dane/core/text.hpp"

#include "libdane/dns/exchange.hpp"
#include "libdane/dns/follow.hpp"
#include "libdane/dns/makes.hpp"
#include "libdane/dns/signals.hpp"
#include "libdane/dns/unbound_context.hpp"
#include "libdane/dns/upstream_check.hpp"

namespace dane::dns {
namespace {

struct ResultFree {
  void operator()(ub_result* r) const { ub_resolve_free(r); }
};
using UbResult = std::unique_ptr<ub_result, ResultFree>;

/// After this long without an answer it is worth asking whether there is a resolver at all.
constexpr std::chrono::milliseconds kSlow{500};

class UnboundResolver;

/// A caller that waits.  Kept alive by the registry until libunbound has let go of it.
struct Waiter {
  UnboundResolver* resolver;
  Question question;
  std::condition_variable ready;
  std::optional<Asked> outcome;
};

class UnboundResolver final : public Resolver {
 public:
  UnboundResolver(UnboundContext context, int wake_fd, std::vector<Endpoint> upstreams)
      : context_(std::move(context)),
        wake_fd_(wake_fd),
        upstreams_(std::move(upstreams)),
        check_(upstreams_) {
    worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  }
  ~UnboundResolver() override;
  UnboundResolver(const UnboundResolver&) = delete;
  UnboundResolver& operator=(const UnboundResolver&) = delete;

  LookupOutcome lookup(const Question& question, Deadline deadline) override {
    return lookup_following(question, [&](const Question& next) {
      auto asked = ask(next, deadline);
      if (auto* failed = std::get_if<Failed>(&asked);
          failed != nullptr && failed->kind == FailureKind::servfail)
        explain(*failed, next, deadline);
      return asked;
    });
  }

 private:
  Asked ask(const Question& question, Deadline deadline);
  void explain(Failed& failed, const Question& question, Deadline deadline) const;
  [[nodiscard]] Asked judge(const Question& question, int error, const ub_result* result) const;
  void work(const std::stop_token& stop);
  void fail_all(const std::string& what);
  void deliver(Waiter* waiter, Asked outcome);
  static void on_result(void* argument, int error, ub_result* raw);

  UnboundContext context_;
  int wake_fd_;
  const std::vector<Endpoint> upstreams_;
  UpstreamCheck check_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::map<const Waiter*, std::shared_ptr<Waiter>> waiters_;  ///< what libunbound points to
  int callers_ = 0;
  std::string closed_;  ///< why no more lookups are taken; empty while they are
  std::jthread worker_;
};

UnboundResolver::~UnboundResolver() {
  worker_.request_stop();
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_fd_, &one, sizeof one));
  worker_.join();
  fail_all("the resolver was closed");
  {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return callers_ == 0; });
  }
  context_.reset();  // before the registry: its own thread may still hold pointers to waiters
  ::close(wake_fd_);
}

Asked UnboundResolver::ask(const Question& question, Deadline deadline) {
  const auto waiter = std::make_shared<Waiter>();
  waiter->resolver = this;
  waiter->question = question;
  const Failed timed_out{
      FailureKind::timeout,
      fmt::format("no validated answer from {} within the time allowed", names_of(upstreams_)),
      question.to_string(),
      "check that the resolver is up and that the zone's name servers answer; or allow more time"};
  if (time_left(deadline).count() <= 0) return timed_out;

  std::unique_lock lock(mutex_);
  if (!closed_.empty()) return Failed{FailureKind::local, closed_, question.to_string(), ""};
  int id = 0;
  const std::string name = question.name.is_root() ? "." : question.name.to_string() + ".";
  const int error = ub_resolve_async(context_.get(), name.c_str(), static_cast<int>(question.type),
                                     1, waiter.get(), on_result, &id);
  if (error != 0)
    return Failed{FailureKind::local, fmt::format("libunbound: {}", printable(ub_strerror(error))),
                  question.to_string(), ""};
  waiters_.emplace(waiter.get(), waiter);
  ++callers_;
  const auto answered = [&] { return waiter->outcome.has_value(); };
  std::optional<Failed> unreachable;
  if (!waiter->ready.wait_until(lock, std::min(deadline, Deadline::clock::now() + kSlow),
                                answered)) {
    lock.unlock();
    unreachable = check_.failure(question, deadline);
    lock.lock();
  }
  if (!unreachable) waiter->ready.wait_until(lock, deadline, answered);
  // Cancelled for certain: never called back.  Otherwise the callback is on its way, and the
  // registry keeps the waiter alive until then.
  if (!waiter->outcome && ub_cancel(context_.get(), id) == 0) waiters_.erase(waiter.get());
  if (--callers_ == 0) idle_.notify_all();
  if (waiter->outcome) return std::move(*waiter->outcome);
  return unreachable ? std::move(*unreachable) : timed_out;
}

/// Order matters: a failed query is "insecure" to the library, and bogus data has an rcode too.
Asked UnboundResolver::judge(const Question& question, int error, const ub_result* result) const {
  const std::string where = question.to_string();
  if (error != 0 || result == nullptr)
    return Failed{FailureKind::local, fmt::format("libunbound: {}", printable(ub_strerror(error))),
                  where, ""};
  if (result->bogus != 0) {
    const char* why = result->why_bogus != nullptr ? result->why_bogus : "validation failed";
    return Failed{FailureKind::bogus, printable(why), where,
                  "the zone's DNSSEC signatures or its DS record must be repaired"};
  }
  const bool lookup_failed = result->rcode != 0 && result->rcode != 3;
  if (lookup_failed || result->answer_packet == nullptr || result->answer_len <= 0) {
    Failed failed{FailureKind::servfail,
                  fmt::format("no usable answer from {} ({})", names_of(upstreams_),
                              rcode_name(static_cast<unsigned>(result->rcode))),
                  where, "look at the zone's name servers; try again later"};
    if (result->rcode == 5) failed.kind = FailureKind::refused;
    return failed;
  }
  const ByteView packet(static_cast<const std::byte*>(result->answer_packet),
                        static_cast<std::size_t>(result->answer_len));
  auto message = decode_message(packet, question);
  if (!message)
    return Failed{FailureKind::malformed, message.error().what, where,
                  "ask another resolver, or the operator of the zone"};
  const auto security = result->secure != 0 ? Security::secure : Security::insecure;
  return Reply{std::move(*message), security};
}

/// libunbound says no more than SERVFAIL.  One plain query tells whether the forwarder is silent,
/// refuses, or gives a reason (X4).  It can only make the failure more telling, never undo it.
void UnboundResolver::explain(Failed& failed, const Question& question, Deadline deadline) const {
  constexpr std::chrono::milliseconds patience{1500};
  const auto until = std::min(deadline, std::chrono::steady_clock::now() + patience);
  auto got =
      exchange(upstreams_, question, {.recursion_desired = true, .authentic_data = true}, until);
  if (const auto* silent = std::get_if<Failed>(&got);
      silent != nullptr && silent->kind == FailureKind::timeout) {
    failed.what += "; asked without validation, it keeps silent";
  } else if (silent != nullptr) {
    failed = *silent;
  } else if (auto refusal = judge_rcode(std::get<Message>(got), question)) {
    failed = std::move(*refusal);
  } else {
    failed.what += "; asked without validation, it does answer";
    failed.remedy = "check that the resolver passes DNSSEC records on";
  }
}

void UnboundResolver::on_result(void* argument, int error, ub_result* raw) {
  const UbResult result(raw);
  auto* waiter = static_cast<Waiter*>(argument);
  UnboundResolver* self = waiter->resolver;
  self->deliver(waiter, self->judge(waiter->question, error, result.get()));
}

void UnboundResolver::deliver(Waiter* waiter, Asked outcome) {
  const std::lock_guard lock(mutex_);
  const auto found = waiters_.find(waiter);
  if (found == waiters_.end()) return;
  const auto keep = found->second;
  waiters_.erase(found);
  if (!keep->outcome) keep->outcome = std::move(outcome);
  keep->ready.notify_all();
}

void UnboundResolver::fail_all(const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (closed_.empty()) closed_ = what;
  for (const auto& [key, waiter] : waiters_) {
    if (waiter->outcome) continue;
    waiter->outcome = Failed{FailureKind::local, what, waiter->question.to_string(), ""};
    waiter->ready.notify_all();
  }
}

/// Hands results over as they come.  The library's own thread does the work.
void UnboundResolver::work(const std::stop_token& stop) {
  block_signals();
  while (!stop.stop_requested()) {
    std::array<pollfd, 2> fds{pollfd{ub_fd(context_.get()), POLLIN, 0},
                              pollfd{wake_fd_, POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
      return fail_all("waiting for libunbound failed");
    if (stop.stop_requested()) return;
    if (const int error = ub_process(context_.get()); error != 0)
      return fail_all(fmt::format("libunbound: {}", printable(ub_strerror(error))));
  }
}

}  // namespace

Made make_unbound_resolver(std::vector<Endpoint> upstreams, const TrustAnchors& anchors) {
  auto context = make_unbound_context(upstreams, anchors);
  if (!context) return tl::unexpected(context.error());
  const int wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return fail("resolver-setup-failed", "out of file descriptors");
  return std::make_unique<UnboundResolver>(std::move(*context), wake_fd, std::move(upstreams));
}

}  // namespace dane::dns
