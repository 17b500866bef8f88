/// \file  Lookups without own validation: trusting the AD bit, and asking authoritative servers.
#include <array>

#include "libdane/dns/exchange.hpp"
#include "libdane/dns/follow.hpp"
#include "libdane/dns/makes.hpp"

namespace dane::dns {
namespace {

class AdResolver final : public Resolver {
 public:
  explicit AdResolver(std::vector<Endpoint> upstreams) : upstreams_(std::move(upstreams)) {}

  LookupOutcome lookup(const Question& question, Deadline deadline) override {
    return lookup_following(question, [&](const Question& next) -> Asked {
      auto got =
          exchange(upstreams_, next, {.recursion_desired = true, .authentic_data = true}, deadline);
      if (auto* failed = std::get_if<Failed>(&got)) return std::move(*failed);
      auto& message = std::get<Message>(got);
      const auto security = message.authenticated ? Security::secure : Security::insecure;
      return Reply{std::move(message), security};
    });
  }

 private:
  std::vector<Endpoint> upstreams_;
};

class PlainAuthorityClient final : public AuthorityClient {
 public:
  LookupOutcome query(const Endpoint& server, const Question& question,
                      Deadline deadline) override {
    return lookup_following(question, [&](const Question& next) -> Asked {
      const std::array servers{server};
      auto got = exchange(servers, next, {}, deadline);
      if (auto* failed = std::get_if<Failed>(&got)) return std::move(*failed);
      auto& message = std::get<Message>(got);
      const bool answers = message.rcode == 0 || message.rcode == 3;
      if (answers && !message.authoritative)
        return Failed{FailureKind::other_rcode, server.to_string() + " is not authoritative",
                      next.to_string(), "ask a server that the zone's NS records name"};
      return Reply{std::move(message), Security::insecure};
    });
  }
};

}  // namespace

std::unique_ptr<Resolver> make_ad_resolver(std::vector<Endpoint> upstreams) {
  return std::make_unique<AdResolver>(std::move(upstreams));
}

std::unique_ptr<AuthorityClient> make_authority_client() {
  return std::make_unique<PlainAuthorityClient>();
}

}  // namespace dane::dns
