#include "libdane/dns/unbound_context.hpp"

#include <array>

#include <fmt/format.h>
#include <unbound-event.h>

#include "dane/core/text.hpp"

namespace dane::dns {
namespace {

struct Option {
  const char* name;
  const char* value;
};

/// As close as possible to "what the forwarder says, validated": nothing made up from the cache,
/// no query of the library's own accord, no built-in zone.
constexpr std::array kOptions{
    Option{"do-not-query-localhost:", "no"},
    Option{"trust-anchor-signaling:", "no"},
    Option{"root-key-sentinel:", "no"},
    Option{"qname-minimisation:", "no"},
    Option{"aggressive-nsec:", "no"},
    Option{"unblock-lan-zones:", "yes"},
    // The library's own 16 would let a few silent servers hold up every other lookup.  More wait in
    // a queue; every one that is allowed costs time at the start.
    Option{"outgoing-range:", "128"},
    Option{"num-queries-per-thread:", "1024"},
    Option{"outgoing-num-tcp:", "8"},
    Option{"msg-cache-size:", "8m"},
    Option{"rrset-cache-size:", "16m"},
    // One thread uses the caches.
    Option{"msg-cache-slabs:", "1"},
    Option{"rrset-cache-slabs:", "1"},
    Option{"infra-cache-slabs:", "1"},
    Option{"key-cache-slabs:", "1"},
    // Linux's own range of source ports is left: random enough, no port of a service of this
    // machine, and the table of free ports is half as large to set up.
    Option{"outgoing-port-avoid:", "1024-32767"},
    Option{"outgoing-port-avoid:", "61000-65535"},
    // A forwarder may need seconds for its own recursion; the caller's deadline bounds the wait.
    Option{"infra-cache-min-rtt:", "1000"},
    Option{"outbound-msg-retry:", "10"},
    // One silent zone behind the forwarder must not make the forwarder count as down.
    Option{"infra-keep-probing:", "yes"},
};

/// Zones that libunbound would answer for by itself; the forwarder decides instead.
constexpr std::array kBuiltInZones{
    "test.",
    "invalid.",
    "onion.",
    "home.arpa.",
    "localhost.",
    "127.in-addr.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
    "ip6.arpa."};

tl::unexpected<Error> setup_failed(const std::string& what, int code) {
  return fail("resolver-setup-failed",
              fmt::format("libunbound: {}: {}", what, printable(ub_strerror(code))));
}

/// `127.0.0.1@53`, as unbound.conf(5) writes it.
std::string forward_address(const Endpoint& server) {
  return fmt::format("{}@{}", server.address.to_string(), server.port);
}

Result<void> configure(ub_ctx* context, const std::vector<Endpoint>& upstreams,
                       const TrustAnchors& anchors) {
  ub_ctx_debugout(context, nullptr);  // the library must not write to the tool's stderr
  for (const auto& option : kOptions) {
    if (const int e = ub_ctx_set_option(context, option.name, option.value); e != 0)
      return setup_failed(option.name, e);
  }
  for (const auto& anchor : anchors) {
    if (const int e = ub_ctx_add_ta(context, anchor.c_str()); e != 0)
      return setup_failed("trust anchor", e);
  }
  for (const auto& server : upstreams) {
    if (const int e = ub_ctx_set_fwd(context, forward_address(server).c_str()); e != 0)
      return setup_failed("forwarder " + server.to_string(), e);
  }
  // Last: the first removal makes the configuration final, and shows whether it is sound.
  for (const char* zone : kBuiltInZones) {
    if (const int e = ub_ctx_zone_remove(context, zone); e != 0)
      return e == UB_INITFAIL
                 ? Result<void>(fail("trust-anchor-invalid", "libunbound refuses the trust anchors",
                                     {}, "name a file with the root's DNSKEY or DS records"))
                 : Result<void>(setup_failed(zone, e));
  }
  return {};
}

}  // namespace

Result<UnboundContext> make_unbound_context(const EventLoop& loop,
                                            const std::vector<Endpoint>& upstreams,
                                            const TrustAnchors& anchors) {
  UnboundContext context(ub_ctx_create_event(loop.base()));
  if (!context) return fail("resolver-setup-failed", "libunbound: no context");
  if (auto done = configure(context.get(), upstreams, anchors); !done)
    return tl::unexpected(done.error());
  return context;
}

}  // namespace dane::dns
