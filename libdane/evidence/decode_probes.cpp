#include "libdane/evidence/decode_probes.hpp"

#include <fmt/format.h>

namespace dane::evidence {

namespace {
constexpr std::size_t max_library_errors = 64;

probe::Protocol read_protocol(const Node& node) {
  const auto text = node.text(32);
  for (const auto protocol : {probe::Protocol::implicit, probe::Protocol::smtp,
                              probe::Protocol::imap, probe::Protocol::pop3, probe::Protocol::sieve,
                              probe::Protocol::ldap, probe::Protocol::xmpp, probe::Protocol::ftp}) {
    if (probe::to_string(protocol) == text) return protocol;
  }
  node.fail_here("unknown protocol");
  return {};
}

probe::Offer read_offer(const Node& node) {
  const auto text = node.text(32);
  for (const auto offer : {probe::Offer::rsa, probe::Offer::ecdsa, probe::Offer::any}) {
    if (probe::to_string(offer) == text) return offer;
  }
  node.fail_here("unknown offer");
  return {};
}

probe::TlsOffer read_tls_offer(const Node& node) {
  node.expect_fields({"versions", "ciphers", "security_level", "allow_anonymous"});
  probe::TlsOffer out;
  node.at("versions").each(8, [&](const Node& n) {
    const auto text = n.text(32);
    if (n.failed()) return;
    const auto version = n.check(probe::parse_tls_version(text));
    if (!version) return;
    if (!out.versions.empty() && *version <= out.versions.back()) {
      return n.fail_here("the versions are not in ascending order");
    }
    out.versions.push_back(*version);
  });
  out.ciphers = node.at("ciphers").text(max_text);
  out.security_level = static_cast<int>(node.at("security_level").number(5));
  out.allow_anonymous = node.at("allow_anonymous").boolean();
  return out;
}

int read_bits(const Node& node) {
  return static_cast<int>(node.number(65535));
}

probe::SessionDetails read_session_details(const Node& node) {
  node.expect_fields({"used_bits", "algorithm_bits", "key_exchange", "signature", "digest"});
  return {read_bits(node.at("used_bits")), read_bits(node.at("algorithm_bits")),
          node.at("key_exchange").text(), node.at("signature").text(), node.at("digest").text()};
}

/// What all need that tells more because of the request's offer.
void expect_offer(const Node& node, const probe::ProbeRequest& request) {
  if (!request.tls) node.fail_here("a request without \"tls\" has no details");
}

/// The fields of a session, wherever it stands.
probe::Presented read_session(const Node& node, const probe::ProbeRequest& request,
                              const Certificates& certificates) {
  probe::Presented out;
  out.tls_version = node.at("tls_version").text();
  out.cipher = node.at("cipher").text();
  const auto chain = node.at("chain");
  chain.each(x509::max_chain_length, [&](const Node& n) {
    const auto known = certificates.find(n.text(64));
    if (known == certificates.end()) return n.fail_here("no such certificate in \"certificates\"");
    out.chain.push_back(known->second);
  });
  if (out.chain.empty() && !(request.tls && request.tls->allow_anonymous)) {
    chain.fail_here("\"presented\" needs at least one certificate");
  }
  if (!node.has("details")) return out;
  const auto details = node.at("details");
  expect_offer(details, request);
  out.details = read_session_details(details);
  return out;
}

probe::FailureDetails read_failure_details(const Node& node, const probe::ProbeRequest& request,
                                           const Certificates& certificates) {
  expect_offer(node, request);
  node.expect_fields({"stage", "error", "library_errors"}, {"session"});
  const auto stage = node.at("stage");
  const auto text = stage.text(32);
  if (node.failed()) return {};
  probe::FailureDetails out;
  out.stage = stage.check(probe::parse_probe_stage(text)).value_or(probe::ProbeStage{});
  out.error = node.at("error").text();
  node.at("library_errors").each(max_library_errors, [&](const Node& n) {
    out.library_errors.push_back(n.text());
  });
  if (!node.has("session")) return out;
  const auto session = node.at("session");
  session.expect_fields({"tls_version", "cipher", "chain"}, {"details"});
  out.session = read_session(session, request, certificates);
  return out;
}

probe::Presented read_presented(const Node& node, const probe::ProbeRequest& request,
                                const Certificates& certificates) {
  node.expect_fields({"request", "outcome", "tls_version", "cipher", "chain", "dialogue"},
                     {"details"});
  return read_session(node, request, certificates);
}

probe::ProbeFailed read_probe_failed(const Node& node, const probe::ProbeRequest& request,
                                     const Certificates& certificates) {
  node.expect_fields({"request", "outcome", "kind", "what", "reply", "alert", "dialogue"},
                     {"details"});
  const auto kind = node.at("kind");
  const auto text = kind.text(64);
  if (node.failed()) return {};
  probe::ProbeFailed out{
      kind.check(probe::parse_probe_failure(text)).value_or(probe::ProbeFailure{}),
      node.at("what").text(max_text), node.at("reply").text(max_text),
      node.at("alert").text(max_text)};
  if (node.has("details")) {
    out.details = read_failure_details(node.at("details"), request, certificates);
  }
  return out;
}
}  // namespace

Endpoint read_endpoint(const Node& address, const Node& port) {
  return {address.address(), static_cast<std::uint16_t>(port.number(65535))};
}

Certificates read_certificates(const Node& node) {
  Certificates out;
  node.each_field([&](const std::string& id, const Node& field) {
    const auto base64 = field.text(2 * x509::max_input_octets);
    if (field.failed()) return;
    const auto der = field.check(from_base64(base64));
    if (!der) return;
    const auto certificate = field.check(x509::Certificate::decode_der(*der));
    if (!certificate) return;
    if (certificate->cert_sha256() != id) {
      field.fail_here("the name is not the SHA-256 of the certificate");
    }
    out.emplace(id, *certificate);
  });
  return out;
}

probe::ProbeRequest read_request(const Node& node) {
  node.expect_fields({"address", "port", "protocol", "host", "server_name", "offer"}, {"tls"});
  probe::ProbeRequest out;
  out.endpoint = read_endpoint(node.at("address"), node.at("port"));
  out.protocol = read_protocol(node.at("protocol"));
  out.host = node.at("host").name();
  if (const auto sni = node.at("server_name"); !sni.is_null()) out.server_name = sni.name();
  const auto offer = node.at("offer");
  out.offer = read_offer(offer);
  if (!node.has("tls")) return out;
  out.tls = read_tls_offer(node.at("tls"));
  if (out.offer != probe::Offer::any) offer.fail_here("\"any\" is expected beside \"tls\"");
  return out;
}

probe::ProbeResult read_probe_result(const Node& node, const probe::ProbeRequest& request,
                                     const Certificates& certificates) {
  probe::ProbeResult out;
  const auto field = node.at("outcome");
  const auto outcome = field.text(32);
  if (outcome == "presented") {
    out.outcome = read_presented(node, request, certificates);
  } else if (outcome == "failed") {
    out.outcome = read_probe_failed(node, request, certificates);
  } else {
    field.fail_here("\"presented\" or \"failed\" is expected");
  }
  node.at("dialogue").each(10'000, [&](const Node& n) {
    out.dialogue.push_back(n.text(max_text));
  });
  return out;
}

}  // namespace dane::evidence
