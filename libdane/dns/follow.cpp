#include "libdane/dns/follow.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dane::dns {
namespace {

constexpr int kMaxQuestions = 8;

/// RFC 8914 sections 4.7 to 4.13: the server's validator refused the data.
bool says_bogus(const Message& message) {
  return message.extended_error && *message.extended_error >= 6 && *message.extended_error <= 12;
}

Failed malformed(const Question& question, std::string what) {
  return {FailureKind::malformed, std::move(what), question.to_string(),
          "ask another resolver, or the operator of the zone"};
}

/// What has been learnt so far, over all replies.
struct Progress {
  Answer answer;
  Security security = Security::secure;
  std::optional<std::chrono::seconds> ttl;

  void take(const Reply& reply) {
    const Message& m = reply.message;
    if (reply.security == Security::insecure) security = Security::insecure;
    if (m.ttl) ttl = ttl ? std::min(*ttl, *m.ttl) : *m.ttl;
    answer.aliases.insert(answer.aliases.end(), m.aliases.begin(), m.aliases.end());
    answer.signatures.insert(answer.signatures.end(), m.signatures.begin(), m.signatures.end());
    answer.canonical_name = m.final_name;
    answer.message_size = m.size;
  }

  [[nodiscard]] bool loops() const {
    return std::any_of(answer.aliases.begin(), answer.aliases.end(),
                       [&](const Alias& a) { return a.owner == answer.canonical_name; });
  }

  [[nodiscard]] Absent absent(const Message& last) const {
    auto negative = last.negative_ttl.value_or(std::chrono::seconds(0));
    if (ttl) negative = std::min(negative, *ttl);  // the aliases to the name may be gone sooner
    Absent none{negative, security, last.rcode == 0};
    if (!answer.aliases.empty()) none.alias_target = answer.canonical_name;
    return none;
  }
};

}  // namespace

std::optional<Failed> judge_rcode(const Message& message, const Question& question) {
  if (message.rcode == 0 || message.rcode == 3) return std::nullopt;
  Failed failed;
  failed.where = question.to_string();
  failed.what = fmt::format("the server answered {}", rcode_name(message.rcode));
  if (!message.extended_text.empty()) failed.what += ", " + message.extended_text;
  if (message.rcode == 2) {
    failed.kind = says_bogus(message) ? FailureKind::bogus : FailureKind::servfail;
    failed.remedy = failed.kind == FailureKind::bogus
                        ? "the zone's DNSSEC signatures or its DS record must be repaired"
                        : "look at the zone's name servers; try again later";
  } else if (message.rcode == 5) {
    failed.kind = FailureKind::refused;
    failed.remedy = "ask a resolver that serves this machine";
  } else {
    failed.kind = FailureKind::other_rcode;
    failed.remedy = "ask another resolver";
  }
  return failed;
}

LookupOutcome lookup_following(const Question& question, const Ask& ask) {
  Progress progress;
  Question next = question;
  for (int i = 0; i < kMaxQuestions; ++i) {
    auto asked = ask(next);
    if (auto* failed = std::get_if<Failed>(&asked)) {
      if (i > 0) failed->what += fmt::format(", at the alias target {}", next.name.to_string());
      failed->where = question.to_string();
      return std::move(*failed);
    }
    const auto& reply = std::get<Reply>(asked);
    const Message& message = reply.message;
    if (auto failed = judge_rcode(message, question)) return std::move(*failed);
    if (message.truncated) return malformed(question, "the reply was cut short");
    if (message.referral)
      return Failed{
          FailureKind::other_rcode,
          "the server referred to others instead of answering: it is no recursive resolver",
          question.to_string(), "name a recursive resolver"};
    progress.take(reply);
    if (progress.loops())
      return malformed(question, fmt::format("the aliases loop at {}",
                                             progress.answer.canonical_name.to_string()));
    if (progress.answer.aliases.size() > kMaxAliases)
      return malformed(question, fmt::format("more than {} aliases in a row", kMaxAliases));
    if (message.rcode == 3) return progress.absent(message);
    if (!message.rdata.empty()) {
      progress.answer.rdata = message.rdata;
      return Found<Answer>{std::move(progress.answer),
                           progress.ttl.value_or(std::chrono::seconds(0)), progress.security};
    }
    // A chain that ends with neither records nor a denial is unfinished, not empty.
    if (message.aliases.empty() || message.negative_ttl) return progress.absent(message);
    next.name = message.final_name;
  }
  return malformed(question, "the alias chain has no end");
}

}  // namespace dane::dns
