#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"

#include "tools/common/name_argument.hpp"
#include "tools/common/offline.hpp"
#include "tools/common/usage.hpp"
#include "tools/tlsa-check/request.hpp"

namespace dane::tools::tlsa_check {

namespace {

constexpr std::size_t most_names = 100;

Result<void> refuse_contradictions(const Arguments& a) {
  constexpr auto offline = "--chain, --tlsa and --name, which judge offline";
  if (const auto fine = refuse_network_options(offline, a.common); !fine) return fine;
  return refuse_beside(offline,
                       {{!a.domains.empty(), "a mail domain"},
                        {a.host.has_value(), "--host"},
                        {a.starttls.has_value(), "--starttls"},
                        {a.port.has_value(), "--port"},
                        {a.only_ipv4, "-4"},
                        {a.only_ipv6, "-6"},
                        {a.without_sni, "--without-sni"},
                        {a.reference_host.has_value(), "--reference-host"},
                        {a.cert.has_value(), "--cert"},
                        {a.key.has_value(), "--key"},
                        {!a.authorities.empty(), "--authority"},
                        {a.authority_port.has_value(), "--authority-port"},
                        {a.require_dane, "--require-dane"}},
                       "leave out one or the other");
}

Result<void> refuse_incomplete(const Arguments& a) {
  if (const auto fine = refuse_missing_chain(a.chain); !fine) return fine;
  if (a.tlsa.empty())
    return usage_error("--tlsa is missing",
                       "give at least one record, for example --tlsa '3 1 1 HEX'");
  if (const auto fine = refuse_many_records(a.tlsa); !fine) return fine;
  if (a.names.size() > most_names)
    return usage_error(fmt::format("{} names", a.names.size()), "give at most 100 --name");
  return {};
}

/// "_25", without leading zeros, or "*" for any.
bool is_port_label(std::string_view label) {
  if (label == "*") return true;
  if (!label.starts_with('_') || label.starts_with("_0")) return false;
  const auto port = parse_port(label.substr(1), "--tlsa");
  return port.has_value();
}

/// The TLSA base domain in an owner `_PORT._PROTO.BASE`, RFC 6698 section 3.  Nothing for owners of
/// another form, to which a CNAME may lead, and for wildcards above the port.
Result<std::optional<DomainName>> base_domain(const DomainName& owner, tlsa::Profile profile) {
  constexpr std::string_view protocols[] = {"_tcp", "_udp", "_sctp"};
  const auto& labels = owner.labels();
  if (labels.size() < 2 || std::ranges::find(protocols, labels[1]) == std::end(protocols))
    return std::nullopt;
  const bool used = profile == tlsa::Profile::any || labels[1] == "_tcp";
  if (labels.size() < 3 || !is_port_label(labels[0]) || !used)
    return usage_error(
        fmt::format("--tlsa: no {} looks for TLSA records at {}",
                    profile == tlsa::Profile::any ? "client" : "mail server", owner.to_string()),
        "write _PORT._tcp.NAME, the port without leading zeros, for example "
        "_25._tcp.mx1.example.com");
  if (labels[2] == "*") return std::nullopt;
  return owner.parent().parent();
}

/// The base domain that the owners of the records name.
struct Base {
  DomainName name;
  bool may_lack_zone = false;  ///< no dot at its end: in a zone the zone's name would follow
  [[nodiscard]] bool agrees_with(const std::string& reference) const {
    const auto own = name.to_string();
    return reference == own || (may_lack_zone && reference.starts_with(own + "."));
  }
};

/// Fills the records, all of one RRset: those of another port or host do not count.  D13
/// \return the base domain that their owners name, if any.
Result<std::optional<Base>> take_records(const Arguments& a, verify::Request& v) {
  std::optional<DomainName> owner;
  std::optional<Base> base;
  for (const auto& text : a.tlsa) {
    auto read = parse_record_argument(text);
    if (!read) return tl::unexpected(read.error());
    v.records.push_back(std::move(read->record));
    if (!read->owner) continue;
    if (owner && *owner != *read->owner)
      return usage_error(fmt::format("--tlsa: the records have different owners, {} and {}",
                                     owner->to_string(), read->owner->to_string()),
                         "judge the records of one host and port at a time");
    owner = read->owner;
    const auto named = base_domain(*owner, v.profile);
    if (!named) return tl::unexpected(named.error());
    if (!*named) continue;
    if (!base) base = Base{**named, true};
    base->may_lack_zone = base->may_lack_zone && !read->owner_ends_with_dot;
  }
  return base;
}

Result<std::string> parse_reference(const std::string& text) {
  const bool any_subdomain = text.starts_with('.') && text.size() > 1;
  const auto name = parse_name_argument(std::string_view(text).substr(any_subdomain ? 1 : 0),
                                        "--name", NameFor::reference);
  if (!name) return tl::unexpected(name.error());
  return (any_subdomain ? "." : "") + name->to_string();
}

/// \param base  the base domain that the records name.
Result<void> take_names(const Arguments& a, const std::optional<Base>& base, verify::Request& v) {
  for (const auto& text : a.names) {
    auto name = parse_reference(text);
    if (!name) return tl::unexpected(name.error());
    if (v.names.empty() && name->starts_with('.'))
      return usage_error("the first --name is the TLSA base domain and cannot begin with a dot",
                         "put the name of the server first");
    v.names.push_back(std::move(*name));
  }
  if (v.names.empty() && !base)
    return usage_error("--name is missing, and no --tlsa has an owner _PORT._tcp.NAME",
                       "give the TLSA base domain: the MX host name that senders connect to");
  if (v.names.empty() && base->may_lack_zone && base->name.labels().size() == 1)
    return usage_error(fmt::format("--tlsa: the owner is for '{}', which is no whole name",
                                   base->name.to_string()),
                       "write the owner with the zone's name and a dot at its end, or give --name");
  if (v.names.empty()) v.names.push_back(base->name.to_string());
  if (base && !base->agrees_with(v.names.front()))
    return usage_error(
        fmt::format("--name {} and the owner of --tlsa, which is for {}, disagree", v.names.front(),
                    base->name.to_string()),
        "the first --name is the base domain of the records: leave it out to take theirs");
  return {};
}

bool needs_trust(const verify::Request& v) {
  return v.profile == tlsa::Profile::any &&
         std::any_of(v.records.begin(), v.records.end(), [](const tlsa::Record& record) {
           return record.usage == tlsa::CertificateUsage::pkix_ta ||
                  record.usage == tlsa::CertificateUsage::pkix_ee;
         });
}

}  // namespace

Result<OfflineRequest> check_offline_arguments(const Arguments& a, TimePoint at,
                                               Deadline deadline) {
  if (const auto fine = refuse_contradictions(a); !fine) return tl::unexpected(fine.error());
  if (const auto fine = refuse_incomplete(a); !fine) return tl::unexpected(fine.error());
  const auto judgement = take_judgement(a, {});
  if (!judgement) return tl::unexpected(judgement.error());
  OfflineRequest r;
  r.days = judgement->days;
  auto& v = r.verification;
  v.at = at;
  v.check_ee_names = judgement->check_ee_names;
  v.profile = judgement->profile;
  const auto base = take_records(a, v);
  if (!base) return tl::unexpected(base.error());
  if (const auto taken = take_names(a, *base, v); !taken) return tl::unexpected(taken.error());
  auto chain = read_chain(*a.chain, deadline);
  if (!chain) return tl::unexpected(chain.error());
  v.chain = std::move(*chain);
  auto trusted = read_trust(*judgement, deadline);
  if (!trusted) return tl::unexpected(trusted.error());
  if (*trusted)
    v.trusted = std::move(**trusted);
  else if (needs_trust(v))
    v.trusted = x509::load_system_trust_anchors();
  r.source = *a.chain == "-" ? "standard input" : printable(*a.chain, 200);
  return r;
}

}  // namespace dane::tools::tlsa_check
