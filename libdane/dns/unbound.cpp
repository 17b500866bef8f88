/// \file  libunbound validates: one context, used on the thread of its event loop alone.
#include <condition_variable>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <unbound-event.h>

#include "dane/core/text.hpp"

#include "libdane/dns/event_loop.hpp"
#include "libdane/dns/exchange.hpp"
#include "libdane/dns/follow.hpp"
#include "libdane/dns/makes.hpp"
#include "libdane/dns/unbound_context.hpp"
#include "libdane/dns/upstream_check.hpp"

namespace dane::dns {
namespace {

/// After this long without an answer it is worth asking whether there is a resolver at all.
constexpr std::chrono::milliseconds kSlow{500};

class UnboundResolver;

/// A caller that waits, or has given up: libunbound answers each question in the end, and until
/// then the registry keeps this.
struct Waiter {
  UnboundResolver* resolver;
  Question question;
  std::condition_variable ready;
  std::optional<Asked> outcome;
};

/// What libunbound says of one question.
struct Answered {
  int rcode = 0;
  ByteView packet;
  int security = 0;  ///< 0 insecure, 1 bogus, 2 secure
  std::string why_bogus;
};

class UnboundResolver final : public Resolver {
 public:
  UnboundResolver(std::unique_ptr<EventLoop> loop, UnboundContext context,
                  std::vector<Endpoint> upstreams)
      : upstreams_(std::move(upstreams)),
        check_(upstreams_),
        loop_(std::move(loop)),
        context_(std::move(context)) {
    loop_->start([this] { take_over(); }, [this] { fail_all("waiting for libunbound failed"); });
  }
  ~UnboundResolver() override;
  UnboundResolver(const UnboundResolver&) = delete;
  UnboundResolver& operator=(const UnboundResolver&) = delete;

  LookupOutcome lookup(const Question& question, Deadline deadline) override {
    const Caller caller(*this);
    return lookup_following(question, [&](const Question& next) {
      auto asked = ask(next, deadline);
      if (auto* failed = std::get_if<Failed>(&asked);
          failed != nullptr && failed->kind == FailureKind::servfail)
        explain(*failed, next, deadline);
      return asked;
    });
  }

 private:
  using Waiters = std::vector<std::shared_ptr<Waiter>>;

  /// The resolver stays until its last caller has left.
  class Caller {
   public:
    explicit Caller(UnboundResolver& resolver) : resolver_(resolver) {
      const std::lock_guard lock(resolver_.mutex_);
      ++resolver_.callers_;
    }
    ~Caller() {
      const std::lock_guard lock(resolver_.mutex_);
      if (--resolver_.callers_ == 0) resolver_.idle_.notify_all();
    }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

   private:
    UnboundResolver& resolver_;
  };

  Asked ask(const Question& question, Deadline deadline);
  void explain(Failed& failed, const Question& question, Deadline deadline) const;
  [[nodiscard]] Asked judge(const Question& question, const Answered& answered) const;
  void fail_all(const std::string& what);

  // On the loop's thread:
  void take_over();
  void resolve(const std::shared_ptr<Waiter>& waiter);
  void deliver(Waiter* waiter, Asked outcome);
  static void on_result(void* argument, int rcode, void* packet, int length, int security,
                        char* why_bogus, int was_ratelimited);

  const std::vector<Endpoint> upstreams_;
  UpstreamCheck check_;
  std::mutex mutex_;
  std::condition_variable idle_;
  Waiters new_;                                               ///< to be handed to libunbound
  std::map<const Waiter*, std::shared_ptr<Waiter>> waiters_;  ///< what libunbound points to
  int callers_ = 0;
  std::string closed_;  ///< why no more lookups are taken; empty while they are
  std::unique_ptr<EventLoop> loop_;
  UnboundContext context_;  ///< goes before its loop
};

UnboundResolver::~UnboundResolver() {
  loop_->stop();
  fail_all("the resolver was closed");
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return callers_ == 0; });
}

Asked UnboundResolver::ask(const Question& question, Deadline deadline) {
  const Failed timed_out{
      FailureKind::timeout,
      fmt::format("no validated answer from {} within the time allowed", names_of(upstreams_)),
      question.to_string(),
      "check that the resolver is up and that the zone's name servers answer; or allow more time"};
  if (time_left(deadline).count() <= 0) return timed_out;
  const auto waiter = std::make_shared<Waiter>();
  waiter->resolver = this;
  waiter->question = question;

  std::unique_lock lock(mutex_);
  if (!closed_.empty()) return Failed{FailureKind::local, closed_, question.to_string(), ""};
  new_.push_back(waiter);
  loop_->wake();
  const auto answered = [&] { return waiter->outcome.has_value(); };
  std::optional<Failed> unreachable;
  if (!waiter->ready.wait_until(lock, std::min(deadline, Deadline::clock::now() + kSlow),
                                answered)) {
    lock.unlock();
    unreachable = check_.failure(question, deadline);
    lock.lock();
  }
  if (!unreachable) waiter->ready.wait_until(lock, deadline, answered);
  if (waiter->outcome) return std::move(*waiter->outcome);
  return unreachable ? std::move(*unreachable) : timed_out;
}

/// Order matters: a failed query is "insecure" to the library, and bogus data has an rcode too.
Asked UnboundResolver::judge(const Question& question, const Answered& answered) const {
  const std::string where = question.to_string();
  if (answered.security == 1)
    return Failed{FailureKind::bogus, printable(answered.why_bogus), where,
                  "the zone's DNSSEC signatures or its DS record must be repaired"};
  const bool lookup_failed = answered.rcode != 0 && answered.rcode != 3;
  if (lookup_failed || answered.packet.empty()) {
    Failed failed{FailureKind::servfail,
                  fmt::format("no usable answer from {} ({})", names_of(upstreams_),
                              rcode_name(static_cast<unsigned>(answered.rcode))),
                  where, "look at the zone's name servers; try again later"};
    if (answered.rcode == 5) failed.kind = FailureKind::refused;
    return failed;
  }
  auto message = decode_message(answered.packet, question);
  if (!message)
    return Failed{FailureKind::malformed, message.error().what, where,
                  "ask another resolver, or the operator of the zone"};
  const auto security = answered.security == 2 ? Security::secure : Security::insecure;
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

/// Hands new questions to libunbound.
void UnboundResolver::take_over() {
  Waiters fresh;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(new_);
    for (const auto& waiter : fresh) waiters_.emplace(waiter.get(), waiter);
  }
  for (const auto& waiter : fresh) resolve(waiter);
}

void UnboundResolver::resolve(const std::shared_ptr<Waiter>& waiter) {
  const Question& question = waiter->question;
  const std::string name = question.name.is_root() ? "." : question.name.to_string() + ".";
  // May call back before it returns.
  const int error = ub_resolve_event(context_.get(), name.c_str(), static_cast<int>(question.type),
                                     1, waiter.get(), on_result, nullptr);
  if (error != 0)
    deliver(waiter.get(),
            Failed{FailureKind::local, fmt::format("libunbound: {}", printable(ub_strerror(error))),
                   question.to_string(), ""});
}

void UnboundResolver::on_result(void* argument, int rcode, void* packet, int length, int security,
                                char* why_bogus, int /*was_ratelimited*/) {
  auto* waiter = static_cast<Waiter*>(argument);
  Answered answered{rcode, {}, security, why_bogus != nullptr ? why_bogus : "validation failed"};
  if (packet != nullptr && length > 0)
    answered.packet = {static_cast<const std::byte*>(packet), static_cast<std::size_t>(length)};
  UnboundResolver* self = waiter->resolver;
  self->deliver(waiter, self->judge(waiter->question, answered));
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
  const auto fail = [&](Waiter& waiter) {
    if (waiter.outcome) return;
    waiter.outcome = Failed{FailureKind::local, what, waiter.question.to_string(), ""};
    waiter.ready.notify_all();
  };
  for (const auto& [key, waiter] : waiters_) fail(*waiter);
  for (const auto& waiter : new_) fail(*waiter);
}

}  // namespace

Made make_unbound_resolver(std::vector<Endpoint> upstreams, const TrustAnchors& anchors) {
  auto loop = EventLoop::make();
  if (!loop) return tl::unexpected(loop.error());
  auto context = make_unbound_context(**loop, upstreams, anchors);
  if (!context) return tl::unexpected(context.error());
  return std::make_unique<UnboundResolver>(std::move(*loop), std::move(*context),
                                           std::move(upstreams));
}

}  // namespace dane::dns
