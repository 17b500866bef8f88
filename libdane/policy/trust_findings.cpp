/// \file  Chains that Postfix does not trust, and fingerprints that do not fit.
#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/verify/verify.hpp"

#include "libdane/policy/findings.hpp"

namespace dane::policy {

namespace {

using postfix::Level;

// OpenSSL's numbers of the errors that people meet (x509_vfy.h).
enum ChainError {
  issuer_not_found = 2,
  not_yet_valid = 9,
  expired = 10,
  self_signed_leaf = 18,
  self_signed_in_chain = 19,
  issuer_not_local = 20,
  leaf_not_verified = 21,
  untrusted = 27,
  wrong_purpose = 26,
  leaf_key_weak = 66,
  ca_key_weak = 67,
  digest_weak = 68
};

std::string pin_with(const Case& c, const JudgedServer& server, const std::string& digest) {
  if (server.chain.empty()) return {};
  const auto& leaf = server.chain.front();
  return postfix::fingerprint(c.features.public_key_fingerprints ? leaf.spki_der() : leaf.der(),
                              digest);
}

std::string chain_words(int error, const x509::Chain& chain) {
  const auto issuer = printable(chain.back().issuer(), 160);
  switch (error) {
    case expired:
      return "a certificate of the chain has expired";
    case not_yet_valid:
      return "a certificate of the chain is not valid yet";
    case self_signed_leaf:
      return "the certificate is signed by itself, and is not among those that Postfix trusts";
    case self_signed_in_chain:
      return fmt::format("its root \"{}\" is not among the CAs that Postfix trusts", issuer);
    case issuer_not_found:
    case issuer_not_local:
    case leaf_not_verified:
    case untrusted:
      return fmt::format(
          "\"{}\", which issued the last certificate that the server sends, is not among the CAs "
          "that Postfix trusts{}",
          issuer,
          chain.size() == 1 ? " (the server sends its own certificate alone: the intermediate may "
                              "be missing)"
                            : "");
    case wrong_purpose:
      return "a certificate of the chain is not made for servers (extended key usage)";
    case leaf_key_weak:
      return "the server's key is too weak for levels above encrypt";
    case ca_key_weak:
      return "the key of a CA certificate is too weak for levels above encrypt";
    case digest_weak:
      return "a certificate is signed with a digest that is too weak";
    default:
      return "the chain does not verify";
  }
}

/// md5 pins nothing: who needs a first pin makes it with sha256.
std::string pin_advice(const Case& c, const JudgedServer& server) {
  const auto& digest = c.context.settings.fingerprint_digest;
  const bool weak = equal_fold(digest, "md5") || equal_fold(digest, "md4");
  const auto pin = pin_with(c, server, weak ? "sha256" : digest);
  if (pin.empty()) return {};
  return fmt::format(
      "\nAs a last resort pin the key, after comparing it with the destination's operator by "
      "another way: {}{} fingerprint match={}. That needs no CA, and breaks at every change of the "
      "key.",
      weak ? "set smtp_tls_fingerprint_digest = sha256, and write " : "", c.key(), pin);
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
  const auto error = server.session.peer->chain_error;
  std::string advice;
  if (!is_unknown_issuer(error)) {
    advice = server_side_advice();
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
      fmt::format("Postfix does not trust the certificate: {} ({}).{}",
                  chain_words(error, server.chain), verify::verify_error_name(error), log_note(c)),
      advice + pin_advice(c, server));
}

}  // namespace

bool is_unknown_issuer(int chain_error) {
  constexpr int errors[] = {issuer_not_found, self_signed_leaf,  self_signed_in_chain,
                            issuer_not_local, leaf_not_verified, untrusted};
  return std::ranges::find(errors, chain_error) != std::end(errors);
}

bool trust_is_open(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  return !c.context.ca_known && policy && !policy->anchors_replace_cas && server.session.peer &&
         is_unknown_issuer(server.session.peer->chain_error);
}

std::string pin_of(const Case& c, const JudgedServer& server) {
  return pin_with(c, server, c.context.settings.fingerprint_digest);
}

Findings trust_findings(const Case& c, const JudgedServer& server) {
  const auto cause = cause_of(server);
  const auto* policy = usable_policy(server);
  if (cause != Cause::chain_untrusted || !policy || server.chain.empty()) return {};
  if (trust_is_open(c, server)) return {ca_not_given(server)};
  if (!policy->anchors_replace_cas && !c.context.cas.configured) return {no_ca(c, server)};
  return {untrusted_chain(c, server, *policy)};
}

Findings fingerprint_findings(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  if (cause_of(server) != Cause::fingerprint_mismatch || !policy) return {};
  const auto& prints = policy->fingerprints;
  const auto pin = pin_of(c, server);
  std::string why = fmt::format(
      "Neither the certificate nor the key has one of the {} {} "
      "fingerprints of the policy",
      prints.digests.size(), prints.algorithm);
  if (!prints.wrong_length.empty())
    why += fmt::format(
        "; {} of them cannot match at all, for they have another length than {} "
        "makes (see smtp_tls_fingerprint_digest)",
        prints.wrong_length.size(), prints.algorithm);
  return {make_finding(
      c.failure(), "policy-fingerprint-mismatch", {"P31"}, place_of(server),
      fmt::format("{}. The server has {} now.", why, pin.empty() ? "no certificate" : pin),
      fmt::format("The destination has probably renewed its key. Ask its operator, on another way "
                  "than this connection, for the new fingerprint; only if it is the one above, "
                  "write: {} fingerprint match=OLD|{}.",
                  c.key(), pin.empty() ? "NEW" : pin))};
}

}  // namespace dane::policy
