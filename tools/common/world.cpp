#include "tools/common/world.hpp"

#include <chrono>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>

#include "dane/dns/resolvers.hpp"

#include "tools/common/diagnostics.hpp"

namespace dane::tools {

namespace {

std::unique_ptr<Clock> make_clock(const std::optional<TimePoint>& at) {
  if (at) return std::make_unique<FixedClock>(*at);
  // One run judges at one time: the time at which it began.
  return std::make_unique<FixedClock>(SystemClock().now());
}

class LiveWorld final : public World {
 public:
  LiveWorld(std::unique_ptr<dns::Resolver> resolver, std::unique_ptr<probe::TlsProber> prober,
            const CommonOptions& options)
      : resolver_(std::move(resolver)),
        memo_(dns::make_memo_resolver(*resolver_)),
        authorities_(dns::make_authority_client()),
        prober_(std::move(prober)),
        clock_(make_clock(options.at)),
        save_to_(options.save) {
    if (save_to_) recorder_.emplace(Sources{*memo_, *authorities_, *prober_, *clock_});
  }

  Sources sources() override {
    return recorder_ ? recorder_->sources() : Sources{*memo_, *authorities_, *prober_, *clock_};
  }

  Result<void> save(const std::string& tool, const std::string& request) override {
    if (!recorder_) return {};
    auto evidence = recorder_->take();
    evidence.tool = tool;
    evidence.tool_version = DANE_VERSION;
    evidence.saved_at = SystemClock().now();
    evidence.evaluated_at = clock_->now();
    evidence.request = request;
    return evidence::write_file(evidence, *save_to_);
  }

 private:
  std::unique_ptr<dns::Resolver> resolver_;
  std::unique_ptr<dns::Resolver> memo_;
  std::unique_ptr<dns::AuthorityClient> authorities_;
  std::unique_ptr<probe::TlsProber> prober_;
  std::unique_ptr<Clock> clock_;
  std::optional<evidence::Recorder> recorder_;
  std::optional<std::filesystem::path> save_to_;
};

class ReplayedWorld final : public World {
 public:
  ReplayedWorld(evidence::Evidence evidence, const std::optional<TimePoint>& at)
      : evidence_(std::move(evidence)),
        replay_(evidence_),
        clock_(at.value_or(evidence_.evaluated_at)) {}

  Sources sources() override {
    const auto saved = replay_.sources();
    return {saved.dns, saved.authorities, saved.tls, clock_};
  }
  std::string saved_request() const override { return evidence_.request; }
  Result<void> save(const std::string&, const std::string&) override { return {}; }

 private:
  evidence::Evidence evidence_;
  evidence::Replay replay_;
  FixedClock clock_;
};

/// Found out before the work, not after it.
Result<void> check_writable(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (access(folder.c_str(), W_OK | X_OK) != 0 || std::filesystem::is_directory(file)) {
    return fail("file-unwritable", "cannot write there", file.string(),
                "choose another file for --save");
  }
  return {};
}

}  // namespace

Result<std::vector<Endpoint>> upstreams_of(const CommonOptions& options) {
  if (!options.resolvers.empty()) return options.resolvers;
  return dns::read_resolv_conf("/etc/resolv.conf");
}

Result<std::unique_ptr<World>> make_world(std::string_view tool, const CommonOptions& options,
                                          Deadline deadline) {
  if (options.replay) {
    auto evidence = evidence::read_file(*options.replay, deadline);
    if (!evidence) return tl::unexpected(evidence.error());
    return std::make_unique<ReplayedWorld>(std::move(*evidence), options.at);
  }
  if (options.save) {
    if (const auto writable = check_writable(*options.save); !writable)
      return tl::unexpected(writable.error());
  }
  auto upstreams = upstreams_of(options);
  if (!upstreams) return tl::unexpected(upstreams.error());
  dns::ResolverOptions resolver_options;
  resolver_options.upstreams = std::move(*upstreams);
  resolver_options.trust_anchor = options.trust_anchor;
  if (options.validator != dns::Validator::ad) {
    auto choice = dns::choose_upstreams(resolver_options.upstreams, deadline);
    for (const auto& one : choice.stripping)
      print_warning(tool, fmt::format("the resolver {} leaves DNSSEC records out and is not asked",
                                      one.to_string()));
    resolver_options.upstreams = std::move(choice.used);
  }
  auto prober = probe::make_prober({});  // first: it sets up OpenSSL meanwhile
  auto resolver = dns::make_resolver(options.validator, resolver_options);
  if (!resolver) return tl::unexpected(resolver.error());
  return std::make_unique<LiveWorld>(std::move(*resolver), std::move(prober), options);
}

}  // namespace dane::tools
