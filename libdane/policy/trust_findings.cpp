/// \file  Chains that Postfix does not trust, and fingerprints that do not fit.
#include <utility>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/verify/verify.hpp"

#include "libdane/policy/chain_fault.hpp"
#include "libdane/policy/findings.hpp"

namespace dane::policy {

namespace {

std::string pin_with(const Case& c, const JudgedServer& server, const std::string& digest) {
  if (server.chain.empty()) return {};
  const auto& leaf = server.chain.front();
  return postfix::fingerprint(c.features.public_key_fingerprints ? leaf.spki_der() : leaf.der(),
                              digest);
}

/// md5 pins nothing: who needs a first pin makes it with sha256.
std::string pin_advice(const Case& c, const JudgedServer& server) {
  const auto& digest = c.context.settings.fingerprint_digest;
  const bool weak = equal_fold(digest, "md5") || equal_fold(digest, "md4");
  const auto pin = pin_with(c, server, weak ? "sha256" : digest);
  // Level fingerprint refuses a weak key too.
  if (pin.empty() || is_weak_key(postfix::fault_of_leaf(server.chain.front(), c.context.at)) ||
      is_weak_key(server.session.peer ? server.session.peer->chain_error : 0))
    return {};
  return fmt::format(
      "\nAs a last resort pin the key, after comparing it with the destination's operator by "
      "another way: {}{} fingerprint match={}. That needs no CA, and breaks at every change of the "
      "key.",
      weak ? "set smtp_tls_fingerprint_digest = sha256 (and make the fingerprints of other "
             "entries again, if there are any: those of md5 match no more), and write "
           : "",
      c.key(), pin);
}

std::string ca_advice(const Case& c) {
  const auto tafile =
      c.features.dane
          ? fmt::format(
                "If the destination has a CA of its own, get that CA's certificate from its "
                "operator, not from this connection, and name it in the entry: {} secure "
                "tafile=/etc/postfix/their-ca.pem (CAfile and CApath are then not used for it).",
                c.key())
          : std::string(
                "If the destination has a CA of its own, get that CA's certificate from its "
                "operator, not from this connection, and add it to the CAfile.");
  return "If it is a public CA, see that smtp_tls_CAfile names a bundle that is up to date, such "
         "as /etc/ssl/certs/ca-certificates.crt (Debian) or /etc/pki/tls/certs/ca-bundle.crt (Red "
         "Hat), then: postfix reload. " +
         tafile;
}

std::string server_side_advice() {
  return "Only the destination can mend this: tell its postmaster. Mail waits, for "
         "maximal_queue_lifetime (5 days unless set), and goes out once it is mended.";
}

std::string log_note(const Case& c) {
  return c.features.untrusted_text ? " The log says Untrusted, and the queue \"Server certificate "
                                     "not trusted\"."
                                   : " The log says Untrusted, and the queue \"Server certificate "
                                     "not verified\".";
}

Finding no_ca(const Case& c, const JudgedServer& server) {
  return make_finding(
      c.failure(), "policy-no-ca", {"P7", "P35"}, place_of(server),
      "smtp_tls_CAfile and smtp_tls_CApath are both empty, so Postfix trusts no CA at all, not "
      "even those of the system; no server can be verified at level verify or secure." +
          log_note(c),
      ca_advice(c));
}

Finding ca_not_given(const JudgedServer& server) {
  return make_finding(
      Severity::unknown, "policy-ca-not-given", {"P7"}, place_of(server),
      "No CA certificates were given, so nothing can be trusted here; whether the Postfix in "
      "question trusts this chain is not known.",
      "Give the CAs that it has: --ca-file FILE, with the value of smtp_tls_CAfile, or --system-ca "
      "for the system's.");
}

Finding untrusted_chain(const Case& c, const JudgedServer& server, const postfix::Usable& policy) {
  const auto error = chain_fault(c, server);
  std::string advice;
  if (!is_unknown_issuer(error)) {
    advice = server_side_advice();
  } else if (lacks_intermediate(server.chain)) {
    advice =
        "If that issuer is an intermediate CA, the server forgets to send its certificate, and "
        "only the destination can mend it: tell its postmaster to send the full chain. " +
        ca_advice(c);
  } else if (policy.anchors_replace_cas) {
    advice =
        "The trust anchors of tafile= or smtp_tls_trust_anchor_file alone count here, CAfile and "
        "CApath do not: put the CA that issues this chain into that file, or take the file away "
        "where public CAs shall count.";
  } else {
    advice = ca_advice(c);
  }
  return make_finding(
      c.failure(), "policy-chain-untrusted", {"P7", "P8"}, place_of(server),
      fmt::format("Postfix does not trust the certificate: {} ({}).{}", reason_of_chain(c, server),
                  verify::verify_error_name(error), log_note(c)),
      advice + pin_advice(c, server));
}

/// " (of a length that sha256 makes: see smtp_tls_fingerprint_digest)".
std::string digest_hint(const postfix::Fingerprints& prints) {
  const auto digest = digest_of_length(prints.wrong_length.front());
  return fmt::format(" ({}see smtp_tls_fingerprint_digest)",
                     digest.empty() ? "" : fmt::format("{} makes this one: ", digest));
}

Finding digest_not_given(const postfix::Fingerprints& prints) {
  const auto digest = digest_of_length(prints.wrong_length.front());
  return make_finding(
      Severity::unknown, "policy-fingerprint-mismatch", {"P31"}, "smtp_tls_fingerprint_digest",
      fmt::format("The fingerprints are of a length that {} makes, and not {}, which is Postfix's "
                  "default; what main.cf says is not known offline.",
                  digest.empty() ? "no common digest" : digest, prints.algorithm),
      fmt::format("Say what postconf -h smtp_tls_fingerprint_digest says: --fingerprint-digest {}.",
                  digest.empty() ? "NAME" : digest));
}

}  // namespace

std::string_view digest_of_length(std::string_view fingerprint) {
  constexpr std::pair<std::size_t, std::string_view> digests[] = {
      {16, "md5"}, {20, "sha1"}, {32, "sha256"}, {48, "sha384"}, {64, "sha512"}};
  const auto octets = (fingerprint.size() + 1) / 3;  // "AB:CD"
  for (const auto& [length, name] : digests) {
    if (octets == length) return name;
  }
  return {};
}

bool digest_is_open(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  return c.judged.offline && c.context.settings.fingerprint_digest_is_default && policy &&
         cause_of(server) == Cause::fingerprint_mismatch &&
         !policy->fingerprints.wrong_length.empty();
}

std::string pin_of(const Case& c, const JudgedServer& server) {
  return pin_with(c, server, c.context.settings.fingerprint_digest);
}

Findings trust_findings(const Case& c, const JudgedServer& server) {
  const auto cause = cause_of(server);
  const auto* policy = usable_policy(server);
  if (cause != Cause::chain_untrusted || !policy || server.chain.empty()) return {};
  if (trust_is_open(c, server)) return {ca_not_given(server)};
  if (c.context.ca_known && !policy->anchors_replace_cas && !c.context.cas.configured)
    return {no_ca(c, server)};
  return {untrusted_chain(c, server, *policy)};
}

Findings fingerprint_findings(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  if (cause_of(server) != Cause::fingerprint_mismatch || !policy) return {};
  const auto& prints = policy->fingerprints;
  if (digest_is_open(c, server)) return {digest_not_given(prints)};
  const auto pin = pin_of(c, server);
  std::string why = fmt::format(
      "Neither the certificate nor the key has {} of the policy",
      prints.digests.size() == 1
          ? fmt::format("the {} fingerprint", prints.algorithm)
          : fmt::format("one of the {} {} fingerprints", prints.digests.size(), prints.algorithm));
  if (!prints.wrong_length.empty())
    why += fmt::format("; {} cannot match at all, for {} makes another length{}",
                       count(prints.wrong_length.size(), "more fingerprint"), prints.algorithm,
                       digest_hint(prints));
  return {make_finding(
      c.failure(), "policy-fingerprint-mismatch", {"P31"}, place_of(server),
      fmt::format("{}. The server has {} now.", why, pin.empty() ? "no certificate" : pin),
      fmt::format("The destination has probably renewed its key. Ask its operator, on another way "
                  "than this connection, for the new fingerprint; only if it is the one above, "
                  "write: {} fingerprint match=OLD|{}.",
                  c.key(), pin.empty() ? "NEW" : pin))};
}

}  // namespace dane::policy
