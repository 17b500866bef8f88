/// \file  getdns validates, in stub mode: the second, independent opinion.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "libdane/dns/exchange.hpp"
#include "libdane/dns/follow.hpp"
#include "libdane/dns/getdns_library.hpp"
#include "libdane/dns/makes.hpp"
#include "libdane/dns/signals.hpp"
#include "libdane/dns/upstream_check.hpp"

namespace dane::dns {
namespace {

using std::chrono::milliseconds;

/// Only after load_getdns() succeeded.
const GetdnsLibrary& getdns() {
  return *load_getdns();
}

struct GetdnsDelete {
  void operator()(getdns_context* c) const { getdns().context_destroy(c); }
  void operator()(getdns_dict* d) const { getdns().dict_destroy(d); }
  void operator()(getdns_list* l) const { getdns().list_destroy(l); }
};
using Context = std::unique_ptr<getdns_context, GetdnsDelete>;
using Dict = std::unique_ptr<getdns_dict, GetdnsDelete>;
using List = std::unique_ptr<getdns_list, GetdnsDelete>;

/// One lookup a context at a time, so that never more are in flight than there are threads.
constexpr std::size_t kMaxThreads = 64;
/// getdns does not repeat a datagram that was lost: another thread asks again after this time.
constexpr milliseconds kOneTry{2000};
/// getdns 1.6 frees twice when a query for DS or DNSKEY times out, so its own clock must never run
/// out: who waits gives up, and leaves the thread behind.
constexpr std::chrono::hours kNever{24};

Result<void> checked(getdns_return_t code, std::string_view what) {
  if (code == GETDNS_RETURN_GOOD) return {};
  return fail("resolver-setup-failed",
              fmt::format("getdns: {}: {}", what, printable(getdns().get_errorstr_by_id(code))));
}

Result<List> anchor_list(const TrustAnchors& anchors) {
  std::string text;
  for (const auto& anchor : anchors) text += anchor + "\n";
  std::FILE* file = fmemopen(text.data(), text.size(), "r");
  if (file == nullptr) return fail("resolver-setup-failed", "out of memory");
  getdns_list* raw = nullptr;
  // No origin: getdns 1.6 fails at random when it is given one.
  const auto code = getdns().fp2rr_list(file, &raw, nullptr, 3600);
  std::fclose(file);
  List list(raw);
  if (auto ok = checked(code, "trust anchors"); !ok) return tl::unexpected(ok.error());
  return list;
}

Result<List> upstream_list(const std::vector<Endpoint>& upstreams) {
  List list(getdns().list_create());
  for (std::size_t i = 0; i < upstreams.size(); ++i) {
    const auto& server = upstreams[i];
    const std::string text = server.address.is_v6()
                                 ? fmt::format("[{}]:{}", server.address.to_string(), server.port)
                                 : fmt::format("{}@{}", server.address.to_string(), server.port);
    getdns_dict* raw = nullptr;
    const auto code = getdns().str2dict(text.c_str(), &raw);
    const Dict dict(raw);
    if (auto ok = checked(code, "resolver " + text); !ok) return tl::unexpected(ok.error());
    if (auto ok = checked(getdns().list_set_dict(list.get(), i, dict.get()), "resolver " + text);
        !ok)
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
      {getdns().context_set_namespaces(c, 1, &names), "namespaces"},
      {getdns().context_set_resolution_type(c, GETDNS_RESOLUTION_STUB), "stub mode"},
      {getdns().context_set_append_name(c, GETDNS_APPEND_NAME_NEVER), "suffixes"},
      // Neither the home folder nor the network: the anchors are given.
      {getdns().context_set_appdata_dir(c, "/nonexistent"), "data folder"},
      {getdns().context_set_trust_anchors_url(c, "http://127.0.0.1:9/none.xml"), "anchor address"},
      {getdns().context_set_upstream_recursive_servers(c, servers->get()), "resolvers"},
      {getdns().context_set_dnssec_trust_anchors(c, keys->get()), "trust anchors"},
      {getdns().context_set_timeout(c, static_cast<std::uint64_t>(milliseconds(kNever).count())),
       "timeout"},
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
  const auto code = getdns().context_create(&raw, 0);
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
  return getdns().dict_get_int(dict, path, &value) == GETDNS_RETURN_GOOD ? value : otherwise;
}

/// Order matters: what was not answered is "bogus" or "insecure" to the library as well.
Asked judge(const getdns_dict* response, const Question& question) {
  const std::string where = question.to_string();
  if (number_at(response, "status", GETDNS_RESPSTATUS_ALL_TIMEOUT) == GETDNS_RESPSTATUS_ALL_TIMEOUT)
    return Failed{FailureKind::local, "getdns gave the lookup up", where, ""};
  getdns_bindata* wire = nullptr;
  if (getdns().dict_get_bindata(response, "/replies_full/0", &wire) != GETDNS_RETURN_GOOD)
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

/// One synchronous lookup, however long it takes.
Asked ask_once(getdns_context* context, const Question& question) {
  const auto local = [&](getdns_return_t code) {
    return Failed{FailureKind::local,
                  fmt::format("getdns: {}", printable(getdns().get_errorstr_by_id(code))),
                  question.to_string(), ""};
  };
  const Dict extensions(getdns().dict_create());
  getdns().dict_set_int(extensions.get(), "dnssec_return_all_statuses", GETDNS_EXTENSION_TRUE);
  const std::string name = question.name.is_root() ? "." : question.name.to_string() + ".";
  getdns_dict* raw = nullptr;
  const auto code = getdns().general_sync(
      context, name.c_str(), static_cast<std::uint16_t>(question.type), extensions.get(), &raw);
  const Dict response(raw);
  if (code != GETDNS_RETURN_GOOD) return local(code);
  return judge(response.get(), question);
}

struct Job {
  Question question;
  std::condition_variable ready;
  std::optional<Asked> outcome;
};

struct Worker {
  std::thread thread;
  bool busy = false;
};

/// What the threads share; the last of them, which may outlive the resolver, frees it.
struct Workshop {
  std::vector<Endpoint> upstreams;
  TrustAnchors anchors;
  std::mutex mutex;
  std::condition_variable more, less_busy;
  std::deque<std::shared_ptr<Job>> queue;
  std::list<Worker> workers;
  bool closed = false;
  Context first;  ///< made before the first lookup, to see that it can be
};

Asked run(Workshop& shop, Context& context, const Question& question) {
  if (!context) {
    auto made = make_context(shop.upstreams, shop.anchors);
    if (!made) return Failed{FailureKind::local, made.error().what, question.to_string(), ""};
    context = std::move(*made);
  }
  return ask_once(context.get(), question);
}

void work(const std::shared_ptr<Workshop>& shop, Worker& self) {
  block_signals();
  std::unique_lock lock(shop->mutex);
  Context context = std::move(shop->first);
  for (;;) {
    shop->more.wait(lock, [&] { return shop->closed || !shop->queue.empty(); });
    if (shop->closed) return;
    self.busy = true;
    const auto job = std::move(shop->queue.front());
    shop->queue.pop_front();
    lock.unlock();
    auto outcome = run(*shop, context, job->question);
    lock.lock();
    if (!job->outcome) job->outcome = std::move(outcome);
    job->ready.notify_all();
    self.busy = false;
    shop->less_busy.notify_all();
  }
}

class GetdnsResolver final : public Resolver {
 public:
  explicit GetdnsResolver(std::shared_ptr<Workshop> shop)
      : shop_(std::move(shop)), check_(shop_->upstreams) {}
  ~GetdnsResolver() override;
  GetdnsResolver(const GetdnsResolver&) = delete;
  GetdnsResolver& operator=(const GetdnsResolver&) = delete;

  LookupOutcome lookup(const Question& question, Deadline deadline) override {
    return lookup_following(question, [&](const Question& next) { return ask(next, deadline); });
  }

 private:
  Asked ask(const Question& question, Deadline deadline);
  bool submit(const std::shared_ptr<Job>& job);

  std::shared_ptr<Workshop> shop_;
  UpstreamCheck check_;
};

/// Threads that are done end here.  Those that still wait for an answer go on alone, with their
/// share of the workshop.
GetdnsResolver::~GetdnsResolver() {
  constexpr milliseconds courtesy{500};
  const auto is_busy = [](const Worker& worker) { return worker.busy; };
  std::unique_lock lock(shop_->mutex);
  shop_->closed = true;
  shop_->queue.clear();
  shop_->more.notify_all();
  shop_->less_busy.wait_for(lock, courtesy,
                            [&] { return std::ranges::none_of(shop_->workers, is_busy); });
  std::vector<std::thread> done;
  for (auto& worker : shop_->workers) {
    if (worker.busy)
      worker.thread.detach();
    else
      done.push_back(std::move(worker.thread));
  }
  lock.unlock();
  for (auto& thread : done) thread.join();
}

Asked GetdnsResolver::ask(const Question& question, Deadline deadline) {
  // A NAPTR query in a signed zone makes getdns 1.6 abort the process.
  if (static_cast<unsigned>(question.type) == GETDNS_RRTYPE_NAPTR)
    return Failed{FailureKind::local, "getdns is not asked for NAPTR", question.to_string(), ""};
  if (auto failed = check_.failure(question, deadline)) return std::move(*failed);
  const auto job = std::make_shared<Job>();
  job->question = question;
  std::unique_lock lock(shop_->mutex);
  for (milliseconds patience = kOneTry; !job->outcome; patience *= 2) {
    const auto now = Deadline::clock::now();
    if (now >= deadline) return timed_out(shop_->upstreams, question);
    if (!submit(job))
      return Failed{FailureKind::local, "no thread to be had for getdns", question.to_string(), ""};
    job->ready.wait_until(lock, std::min(deadline, now + patience),
                          [&] { return job->outcome.has_value(); });
  }
  return std::move(*job->outcome);
}

/// False when there is no thread at all to do the work.
bool GetdnsResolver::submit(const std::shared_ptr<Job>& job) {
  shop_->queue.push_back(job);
  const auto idle =
      static_cast<std::size_t>(std::ranges::count(shop_->workers, false, &Worker::busy));
  if (idle < shop_->queue.size() && shop_->workers.size() < kMaxThreads) {
    auto& worker = shop_->workers.emplace_back();
    try {
      worker.thread = std::thread([shop = shop_, &worker] { work(shop, worker); });
    } catch (const std::system_error&) {
      shop_->workers.pop_back();
      if (shop_->workers.empty()) {
        shop_->queue.pop_back();
        return false;
      }
    }
  }
  shop_->more.notify_one();
  return true;
}

}  // namespace

Made make_getdns_resolver(std::vector<Endpoint> upstreams, const TrustAnchors& anchors) {
  if (const auto& library = load_getdns(); !library) return tl::unexpected(library.error());
  auto context = make_context(upstreams, anchors);
  if (!context) return tl::unexpected(context.error());
  auto shop = std::make_shared<Workshop>();
  shop->upstreams = std::move(upstreams);
  shop->anchors = anchors;
  shop->first = std::move(*context);
  return std::make_unique<GetdnsResolver>(std::move(shop));
}

}  // namespace dane::dns
