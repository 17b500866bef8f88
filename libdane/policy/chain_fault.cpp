#include "libdane/policy/chain_fault.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/verify/verify.hpp"

namespace dane::policy {

namespace {

// OpenSSL's numbers of the errors that people meet (x509_vfy.h).
enum ChainError {
  issuer_not_found = 2,
  not_yet_valid = 9,
  expired = 10,
  self_signed_leaf = 18,
  self_signed_in_chain = 19,
  issuer_not_local = 20,
  leaf_not_verified = 21,
  chain_too_long = 22,
  wrong_purpose = 26,
  untrusted = 27,
  leaf_key_weak = 66,
  ca_key_weak = 67,
  digest_weak = 68
};

std::string quoted(const std::string& name) {
  return name.empty() ? "(no name)" : "\"" + printable(name, 160) + "\"";
}

std::string date_of(TimePoint t) {
  constexpr std::size_t date = 10;
  return format_rfc3339(t).substr(0, date);
}

/// The certificate at which time has run out, or has not come yet.
std::string out_of_time(int error, const JudgedServer& server, TimePoint at) {
  const auto fails = [&](const x509::Certificate& one) {
    return error == expired ? one.not_after() <= at : one.not_before() > at;
  };
  const auto words = [&](const std::string& which, const x509::Certificate& one) {
    return error == expired
               ? fmt::format("{} expired on {}", which, date_of(one.not_after()))
               : fmt::format("{} is not valid before {}", which, date_of(one.not_before()));
  };
  const auto& chain = server.chain;
  if (fails(chain.front())) return words("the server's certificate", chain.front());
  const auto found = std::find_if(chain.begin() + 1, chain.end(), fails);
  if (found != chain.end())
    return words(
        fmt::format("the CA certificate {} that the server sends", quoted(found->subject())),
        *found);
  return error == expired ? "a CA certificate that this machine has has expired"
                          : "a CA certificate that this machine has is not valid yet";
}

std::string unknown_issuer(const x509::Chain& chain) {
  const auto issuer = quoted(chain.back().issuer());
  if (lacks_intermediate(chain))
    return fmt::format(
        "the server sends its own certificate alone, and its issuer {} is not among the CAs that "
        "Postfix trusts: most likely the intermediate certificate is missing",
        issuer);
  return fmt::format(
      "{}, which issued the last certificate that the server sends, is not among the CAs that "
      "Postfix trusts",
      issuer);
}

}  // namespace

int chain_fault(const Case& c, const JudgedServer& server) {
  const int error = server.session.peer ? server.session.peer->chain_error : 0;
  if (c.context.ca_known || !is_unknown_issuer(error) || server.chain.empty()) return error;
  const int sure = postfix::fault_of_leaf(server.chain.front(), c.context.at);
  return sure != 0 ? sure : error;
}

bool is_weak_key(int chain_error) {
  return chain_error == leaf_key_weak;
}

bool is_unknown_issuer(int chain_error) {
  constexpr int errors[] = {issuer_not_found, self_signed_leaf,  self_signed_in_chain,
                            issuer_not_local, leaf_not_verified, untrusted};
  return std::ranges::find(errors, chain_error) != std::end(errors);
}

bool trust_is_open(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  return !c.context.ca_known && policy && !policy->anchors_replace_cas && server.session.peer &&
         is_unknown_issuer(chain_fault(c, server));
}

bool lacks_intermediate(const x509::Chain& chain) {
  return chain.size() == 1 && !chain.front().is_self_issued();
}

std::string refused_though_matching(const Case& c, const JudgedServer& server) {
  const auto* policy = usable_policy(server);
  if (!policy || !postfix::is_dane(policy->level) || server.chain.empty()) return {};
  const auto verification = verify::judge_chain(
      {server.chain, policy->tlsa, policy->match, tlsa::Profile::smtp, false, {}, c.context.at});
  if (verification.verdict != verify::Verdict::refuted) return {};
  switch (verification.prediction.refusal) {
    case verify::Refusal::name:
      return "the certificate has none of the names that DANE looks for, and a TLSA record of a CA "
             "needs one";
    case verify::Refusal::dates: {
      const auto fails = [&](const x509::Certificate& one) {
        return one.not_after() <= c.context.at;
      };
      return out_of_time(std::ranges::any_of(server.chain, fails) ? expired : not_yet_valid, server,
                         c.context.at);
    }
    case verify::Refusal::signature:
      return "a certificate of the chain is not signed by the one above it";
    case verify::Refusal::constraints:
      return "a certificate of the chain forbids this use of it";
    case verify::Refusal::too_long:
      return "the chain is too long";
    case verify::Refusal::strength:
      return "a key or a signature of the chain is too weak";
    default:
      return {};
  }
}

std::string reason_of_chain(const Case& c, const JudgedServer& server) {
  const auto& chain = server.chain;
  switch (const int error = chain_fault(c, server)) {
    case expired:
    case not_yet_valid:
      return out_of_time(error, server, c.context.at);
    case self_signed_leaf:
      return "the certificate is signed by itself, and is not among those that Postfix trusts";
    case self_signed_in_chain:
      return fmt::format("its root {} is not among the CAs that Postfix trusts",
                         quoted(chain.back().issuer()));
    case issuer_not_found:
    case issuer_not_local:
    case leaf_not_verified:
    case untrusted:
      return unknown_issuer(chain);
    case chain_too_long:
      return "the chain is longer than smtp_tls_scert_verifydepth allows";
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

}  // namespace dane::policy
