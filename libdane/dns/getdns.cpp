/// \file  getdns validates, in stub mode: the second, independent opinion.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <getdns/getdns.h>
#include <getdns/getdns_extra.h>

#include "dane/core/text.hpp"

#include "libdane/dns/exchange.hpp"
#include "libdane/dns/follow.hpp"
#include "libdane/dns/makes.hpp"
#include "libdane/dns/signals.hpp"
#include "libdane/dns/upstream_check.hpp"

namespace dane::dns {
namespace {

using std::chrono::milliseconds;

struct GetdnsDelete {
  void operator()(getdns_context* c) const { getdns_context_destroy(c); }
  void operator()(getdns_dict* d) const { getdns_dict_destroy(d); }
  void operator()(getdns_list* l) const { getdns_list_destroy(l); }
};
using Context = std::unique_ptr<getdns_context, GetdnsDelete>;
using Dict = std::unique_ptr<getdns_dict, GetdnsDelete>;
using List = std::unique_ptr<getdns_list, GetdnsDelete>;

/// One lookup a context at a time, so that never more are in flight than there are threads.
constexpr std::size_t kMaxThreads = 24;
/// getdns does not repeat a datagram that was lost: we do, after this time.
constexpr milliseconds kOneTry{2000};

Result<void> checked(getdns_return_t code, std::string_view what) {
  if (code == GETDNS_RETURN_GOOD) return {};
  return fail("resolver-setup-failed",
              fmt::format("getdns: {}: {}", what, printable(getdns_get_errorstr_by_id(code))));
}

Result<List> anchor_list(const TrustAnchors& anchors) {
  std::string text;
  for (const auto& anchor : anchors) text += anchor + "\n";
  std::FILE* file = fmemopen(text.data(), text.size(), "r");
  if (file == nullptr) return fail("resolver-setup-failed", "out of memory");
  getdns_list* raw = nullptr;
  // No origin: getdns 1.6 fails at random when it is given one.
  const auto code = getdns_fp2rr_list(file, &raw, nullptr, 3600);
  std::fclose(file);
  List list(raw);
  if (auto ok = checked(code, "trust anchors"); !ok) return tl::unexpected(ok.error());
  return list;
}

Result<List> upstream_list(const std::vector<Endpoint>& upstreams) {
  List list(getdns_list_create());
  for (std::size_t i = 0; i < upstreams.size(); ++i) {
    const auto& server = upstreams[i];
    const std::string text = server.address.is_v6()
                                 ? fmt::format("[{}]:{}", server.address.to_string(), server.port)
                                 : fmt::format("{}@{}", server.address.to_string(), server.port);
    getdns_dict* raw = nullptr;
    const auto code = getdns_str2dict(text.c_str(), &raw);
    const Dict dict(raw);
    if (auto ok = checked(code, "resolver " + text); !ok) return tl::unexpected(ok.error());
    if (auto ok = checked(getdns_list_set_dict(list.get(), i, dict.get()), "resolver " + text); !ok)
      return tl::unexpected(ok.error());
  }
  return list;
}

Result<void> configure(getdns_context* c, const std::vector<Endpoint>& upstreams,
                       const TrustAnchors& anchors) {
  auto servers = upstream_list(upstreams);
  if (!servers) return tl::unexpected(servers.error());
  auto keys = anchor_list(anchors);
  if (!keys) return tl::unexpected(keys.error());
  getdns_namespace_t names = GETDNS_NAMESPACE_DNS;
  const std::pair<getdns_return_t, const char*> steps[] = {
      {getdns_context_set_namespaces(c, 1, &names), "namespaces"},
      {getdns_context_set_resolution_type(c, GETDNS_RESOLUTION_STUB), "stub mode"},
      {getdns_context_set_append_name(c, GETDNS_APPEND_NAME_NEVER), "suffixes"},
      // Neither the home folder nor the network: the anchors are given.
      {getdns_context_set_appdata_dir(c, "/nonexistent"), "data folder"},
      {getdns_context_set_trust_anchors_url(c, "http://127.0.0.1:9/none.xml"), "anchor address"},
      {getdns_context_set_upstream_recursive_servers(c, servers->get()), "resolvers"},
      {getdns_context_set_dnssec_trust_anchors(c, keys->get()), "trust anchors"},
  };
  for (const auto& [code, what] : steps) {
    if (auto ok = checked(code, what); !ok) return ok;
  }
  return {};
}

Result<Context> make_context(const std::vector<Endpoint>& upstreams, const TrustAnchors& anchors) {
  static std::mutex creating;  // getdns_context_create is not safe to call twice at once
  const std::lock_guard lock(creating);
  getdns_context* raw = nullptr;
  // 0: nothing from the system's resolv.conf and hosts.
  const auto code = getdns_context_create(&raw, 0);
  Context context(raw);
  if (auto ok = checked(code, "context"); !ok) return tl::unexpected(ok.error());
  if (auto ok = configure(context.get(), upstreams, anchors); !ok)
    return tl::unexpected(ok.error());
  return context;
}

Failed timed_out(const std::vector<Endpoint>& upstreams, const Question& question) {
  return {
      FailureKind::timeout,
      fmt::format("no validated answer from {} within the time allowed", names_of(upstreams)),
      question.to_string(),
      "check that the resolver is up and that the zone's name servers answer; or allow more time"};
}

std::uint32_t number_at(const getdns_dict* dict, const char* path, std::uint32_t otherwise) {
  std::uint32_t value = otherwise;
  return getdns_dict_get_int(dict, path, &value) == GETDNS_RETURN_GOOD ? value : otherwise;
}

/// Order matters: what was not answered in time is "bogus" or "insecure" to the library as well.
Asked judge(const getdns_dict* response, const Question& question) {
  const std::string where = question.to_string();
  getdns_bindata* wire = nullptr;
  if (getdns_dict_get_bindata(response, "/replies_full/0", &wire) != GETDNS_RETURN_GOOD)
    return Failed{FailureKind::malformed, "getdns: a response without a reply", where, ""};
  auto message = decode_message(
      ByteView(reinterpret_cast<const std::byte*>(wire->data), wire->size), question);
  if (!message)
    return Failed{FailureKind::malformed, message.error().what, where,
                  "ask another resolver, or the operator of the zone"};
  if (auto failed = judge_rcode(*message, question)) return std::move(*failed);
  switch (number_at(response, "/replies_tree/0/dnssec_status", GETDNS_DNSSEC_NOT_PERFORMED)) {
    case GETDNS_DNSSEC_SECURE:
      return Reply{std::move(*message), Security::secure};
    case GETDNS_DNSSEC_INSECURE:
      return Reply{std::move(*message), Security::insecure};
    case GETDNS_DNSSEC_BOGUS:
      return Failed{FailureKind::bogus, "getdns: DNSSEC validation failed", where,
                    "the zone's DNSSEC signatures or its DS record must be repaired"};
    case GETDNS_DNSSEC_INDETERMINATE:  // S2: like bogus
      return Failed{FailureKind::bogus, "getdns: the DNSSEC state cannot be determined", where,
                    "check that the resolver passes DNSSEC records on"};
    default:
      return Failed{FailureKind::local, "getdns: DNSSEC validation was not performed", where, ""};
  }
}

/// One synchronous lookup.  Nothing when getdns saw no answer in time.
std::optional<Asked> ask_once(getdns_context* context, const Question& question,
                              milliseconds timeout) {
  const auto local = [&](getdns_return_t code) {
    return Failed{FailureKind::local,
                  fmt::format("getdns: {}", printable(getdns_get_errorstr_by_id(code))),
                  question.to_string(), ""};
  };
  if (auto code = getdns_context_set_timeout(context, static_cast<std::uint64_t>(timeout.count()));
      code != GETDNS_RETURN_GOOD)
    return local(code);
  const Dict extensions(getdns_dict_create());
  getdns_dict_set_int(extensions.get(), "dnssec_return_all_statuses", GETDNS_EXTENSION_TRUE);
  const std::string name = question.name.is_root() ? "." : question.name.to_string() + ".";
  getdns_dict* raw = nullptr;
  const auto code = getdns_general_sync(
      context, name.c_str(), static_cast<std::uint16_t>(question.type), extensions.get(), &raw);
  const Dict response(raw);
  if (code != GETDNS_RETURN_GOOD) return local(code);
  if (number_at(response.get(), "status", GETDNS_RESPSTATUS_ALL_TIMEOUT) ==
      GETDNS_RESPSTATUS_ALL_TIMEOUT)
    return std::nullopt;
  return judge(response.get(), question);
}

struct Job {
  Question question;
  Deadline deadline;
  std::condition_variable ready;
  std::optional<Asked> outcome;
};

class GetdnsResolver final : public Resolver {
 public:
  GetdnsResolver(Context first, std::vector<Endpoint> upstreams, TrustAnchors anchors)
      : upstreams_(std::move(upstreams)),
        anchors_(std::move(anchors)),
        check_(upstreams_),
        first_(std::move(first)) {}
  ~GetdnsResolver() override;
  GetdnsResolver(const GetdnsResolver&) = delete;
  GetdnsResolver& operator=(const GetdnsResolver&) = delete;

  LookupOutcome lookup(const Question& question, Deadline deadline) override {
    return lookup_following(question, [&](const Question& next) { return ask(next, deadline); });
  }

 private:
  Asked ask(const Question& question, Deadline deadline);
  bool add_thread();
  void work(Context context);
  Asked run(Context& context, const Job& job);

  const std::vector<Endpoint> upstreams_;
  const TrustAnchors anchors_;
  UpstreamCheck check_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::shared_ptr<Job>> queue_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  Context first_;  ///< made before the first lookup, to see that it can be
  std::vector<std::jthread> threads_;
};

GetdnsResolver::~GetdnsResolver() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  more_.notify_all();
  threads_.clear();  // joins; getdns itself ends each lookup by the caller's deadline
}

Asked GetdnsResolver::ask(const Question& question, Deadline deadline) {
  // A NAPTR query in a signed zone makes getdns 1.6 abort the process.
  if (static_cast<unsigned>(question.type) == GETDNS_RRTYPE_NAPTR)
    return Failed{FailureKind::local, "getdns is not asked for NAPTR", question.to_string(), ""};
  if (auto failed = check_.failure(question, deadline)) return std::move(*failed);
  const auto job = std::make_shared<Job>();
  job->question = question;
  job->deadline = deadline;
  std::unique_lock lock(mutex_);
  queue_.push_back(job);
  if (idle_ < queue_.size() && threads_.size() < kMaxThreads && !add_thread()) {
    queue_.pop_back();
    return Failed{FailureKind::local, "no thread to be had for getdns", question.to_string(), ""};
  }
  more_.notify_one();
  job->ready.wait_until(lock, deadline, [&] { return job->outcome.has_value(); });
  return job->outcome ? std::move(*job->outcome) : timed_out(upstreams_, question);
}

/// False when there is no thread at all to do the work.
bool GetdnsResolver::add_thread() {
  try {
    threads_.emplace_back(
        [this, c = std::make_shared<Context>(std::move(first_))] { work(std::move(*c)); });
  } catch (const std::system_error&) {
    return !threads_.empty();
  }
  return true;
}

void GetdnsResolver::work(Context context) {
  block_signals();
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    more_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (stopping_) return;
    const auto job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    auto outcome = run(context, *job);
    lock.lock();
    job->outcome = std::move(outcome);
    job->ready.notify_all();
  }
}

Asked GetdnsResolver::run(Context& context, const Job& job) {
  if (!context) {
    auto made = make_context(upstreams_, anchors_);
    if (!made) return Failed{FailureKind::local, made.error().what, job.question.to_string(), ""};
    context = std::move(*made);
  }
  for (milliseconds patience = kOneTry;; patience *= 2) {
    const milliseconds left = time_left(job.deadline);
    if (left.count() <= 0) return timed_out(upstreams_, job.question);
    if (auto asked = ask_once(context.get(), job.question, std::min(left, patience)))
      return std::move(*asked);
  }
}

}  // namespace

Made make_getdns_resolver(std::vector<Endpoint> upstreams, const TrustAnchors& anchors) {
  auto context = make_context(upstreams, anchors);
  if (!context) return tl::unexpected(context.error());
  return std::make_unique<GetdnsResolver>(std::move(*context), std::move(upstreams), anchors);
}

}  // namespace dane::dns
