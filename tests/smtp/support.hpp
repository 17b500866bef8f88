/// \file  Hand-made outcomes, and sources that follow a script.
#pragma once

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "dane/smtp/judgement.hpp"
#include "dane/smtp/selection.hpp"
#include "dane/smtp/survey.hpp"

namespace test {

using dane::DomainName;
using dane::Security;
using dane::dns::LookupOutcome;
using dane::dns::RecordType;

inline DomainName name(const std::string& text) {
  return DomainName::parse_presentation(text).value();
}
inline dane::IpAddress ip(const std::string& text) {
  return dane::IpAddress::parse(text).value();
}

inline constexpr auto secure = Security::secure;
inline constexpr auto insecure = Security::insecure;

/// Records at the end of an alias chain: {"host", "middle", "end"}; one name: no alias.
inline LookupOutcome found(Security security, const std::vector<std::string>& names,
                           std::vector<dane::Bytes> rdata) {
  dane::dns::Answer answer;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    answer.aliases.push_back({name(names[i]), name(names[i + 1]), std::chrono::seconds(60)});
  }
  answer.canonical_name = name(names.back());
  answer.rdata = std::move(rdata);
  return dane::Found<dane::dns::Answer>{std::move(answer), std::chrono::seconds(60), security};
}

inline LookupOutcome addresses(Security security, const std::vector<std::string>& names,
                               const std::vector<std::string>& texts) {
  std::vector<dane::Bytes> rdata;
  for (const auto& text : texts) rdata.push_back(ip(text).octets());
  return found(security, names, std::move(rdata));
}

inline dane::Bytes mx_rdata(unsigned preference, const std::string& host) {
  dane::Bytes rdata{static_cast<std::byte>(preference >> 8U),
                    static_cast<std::byte>(preference & 255U)};
  const auto wire = name(host).to_wire();
  rdata.insert(rdata.end(), wire.begin(), wire.end());
  return rdata;
}

inline LookupOutcome mx(Security security, const std::vector<std::string>& names,
                        const std::vector<std::pair<unsigned, std::string>>& records) {
  std::vector<dane::Bytes> rdata;
  for (const auto& [preference, host] : records) rdata.push_back(mx_rdata(preference, host));
  return found(security, names, std::move(rdata));
}

/// NS or CNAME records.
inline LookupOutcome targets(Security security, const std::string& owner,
                             const std::vector<std::string>& hosts) {
  std::vector<dane::Bytes> rdata;
  for (const auto& host : hosts) rdata.push_back(name(host).to_wire());
  return found(security, {owner}, std::move(rdata));
}

inline dane::Bytes tlsa_rdata(unsigned usage, unsigned selector, unsigned type,
                              const std::string& hex) {
  dane::Bytes rdata{static_cast<std::byte>(usage), static_cast<std::byte>(selector),
                    static_cast<std::byte>(type)};
  const auto data = dane::from_hex(hex).value();
  rdata.insert(rdata.end(), data.begin(), data.end());
  return rdata;
}

inline LookupOutcome no_data(Security security) {
  return dane::Absent{std::chrono::seconds(60), security, true};
}
inline LookupOutcome no_name(Security security) {
  return dane::Absent{std::chrono::seconds(60), security, false};
}
inline LookupOutcome failed(dane::FailureKind kind = dane::FailureKind::servfail) {
  return dane::Failed{kind, "scripted", "", ""};
}

inline std::string data_file(const std::string& file) {
  return DANE_SOURCE_DIR "/tests/smtp/data/" + file;
}

inline dane::x509::Chain chain(const std::string& which) {
  return dane::x509::read_certificates(data_file(which + ".pem")).value();
}

/// SHA-256 of the key, as the openssl command computed it.
inline std::string spki_digest(const std::string& which) {
  std::ifstream in(data_file("spki-sha256.txt"));
  std::string key;
  std::string digest;
  while (in >> key >> digest) {
    if (key == which) return digest;
  }
  throw std::runtime_error("no digest of " + which);
}

/// TLSA answer at `names.front()`, each record "usage selector type key-name".
inline LookupOutcome tlsa(Security security, const std::vector<std::string>& names,
                          const std::vector<std::pair<unsigned, std::string>>& usage_and_key) {
  std::vector<dane::Bytes> rdata;
  for (const auto& [usage, key] : usage_and_key)
    rdata.push_back(tlsa_rdata(usage, 1, 1, spki_digest(key)));
  return found(security, names, std::move(rdata));
}

/// Answers from a map; a question outside of it is a failure, and remembered.
class FakeResolver final : public dane::dns::Resolver {
 public:
  std::map<dane::dns::Question, LookupOutcome> answers;

  void set(const std::string& owner, RecordType type, LookupOutcome outcome) {
    answers.insert_or_assign(dane::dns::Question{name(owner), type}, std::move(outcome));
  }
  LookupOutcome lookup(const dane::dns::Question& question, dane::Deadline) override {
    const std::lock_guard lock(mutex_);
    ++asked_[question.to_string()];
    const auto answer = answers.find(question);
    return answer == answers.end() ? failed(dane::FailureKind::not_recorded) : answer->second;
  }
  /// "name TYPE" of all questions, sorted.
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const auto& [question, times] : asked_) all.push_back(question);
    return all;
  }
  bool was_asked(const std::string& question) {
    const auto all = asked();
    return std::find(all.begin(), all.end(), question) != all.end();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> asked_;
};

class FakeAuthorities final : public dane::dns::AuthorityClient {
 public:
  std::map<std::pair<dane::Endpoint, dane::dns::Question>, LookupOutcome> answers;

  void set(const std::string& address, const std::string& owner, RecordType type,
           LookupOutcome outcome) {
    answers.insert_or_assign({{ip(address), 53}, {name(owner), type}}, std::move(outcome));
  }
  LookupOutcome query(const dane::Endpoint& server, const dane::dns::Question& question,
                      dane::Deadline) override {
    const auto answer = answers.find({server, question});
    return answer == answers.end() ? failed(dane::FailureKind::timeout) : answer->second;
  }
};

using dane::probe::Offer;
using dane::probe::ProbeFailure;
using dane::probe::ProbeRequest;
using dane::probe::ProbeResult;

inline ProbeResult presents(const std::string& which) {
  return {dane::probe::Presented{"TLSv1.3", "TLS_AES_256_GCM_SHA384", chain(which)}, {}};
}
inline ProbeResult fails(ProbeFailure kind) {
  return {dane::probe::ProbeFailed{kind, "scripted", "", ""}, {}};
}

/// "192.0.2.1 RSA mx.example.com"; without SNI "192.0.2.1 RSA -".
inline std::string describe(const ProbeRequest& request) {
  return request.endpoint.address.to_string() + " " + to_string(request.offer) + " " +
         (request.server_name ? request.server_name->to_string() : "-");
}

/// `script(request, n)`: the result of the n-th probe (0, 1, ...) with just this request.
class FakeProber final : public dane::probe::TlsProber {
 public:
  std::function<ProbeResult(const ProbeRequest&, int)> script;

  ProbeResult probe(const ProbeRequest& request, dane::Deadline) override {
    int times = 0;
    {
      const std::lock_guard lock(mutex_);
      log_.push_back(describe(request));
      times = seen_[request]++;
      most_ = std::max(most_, ++running_);
    }
    auto result = script(request, times);
    const std::lock_guard lock(mutex_);
    --running_;
    return result;
  }
  std::vector<std::string> log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  std::vector<std::string> sorted_log() {
    auto all = log();
    std::sort(all.begin(), all.end());
    return all;
  }
  int most_at_once() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> log_;
  std::map<ProbeRequest, int> seen_;
  int running_ = 0;
  int most_ = 0;
};

inline const dane::TimePoint evaluation_time = dane::parse_rfc3339("2030-01-01T00:00:00Z").value();

/// A world with a script, and options with plenty of time.
struct World {
  FakeResolver dns;
  FakeAuthorities authorities;
  FakeProber tls;
  dane::FixedClock clock{evaluation_time};
  dane::smtp::SurveyOptions options;

  World() {
    options.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(100);
    dns.set(".", RecordType::soa, found(secure, {"."}, {dane::Bytes(22)}));
    tls.script = [](const ProbeRequest& request, int) {
      return presents(request.offer == Offer::rsa ? "rsa" : "ecdsa");
    };
  }
  dane::Sources sources() { return {dns, authorities, tls, clock}; }
  dane::smtp::DomainFacts survey(const std::string& domain = "example.com") {
    return dane::smtp::survey_domain(sources(), name(domain), options);
  }
  /// example.com with one signed host at 192.0.2.1 that has `records`.
  void good_domain(const std::vector<std::pair<unsigned, std::string>>& records = {{3, "rsa"},
                                                                                   {3, "ecdsa"}}) {
    dns.set("example.com", RecordType::mx, mx(secure, {"example.com"}, {{10, "mx.example.com"}}));
    dns.set("mx.example.com", RecordType::a, addresses(secure, {"mx.example.com"}, {"192.0.2.1"}));
    dns.set("mx.example.com", RecordType::aaaa, no_data(secure));
    dns.set("_25._tcp.mx.example.com", RecordType::tlsa,
            tlsa(secure, {"_25._tcp.mx.example.com"}, records));
  }
};

inline dane::smtp::DomainJudgement judge(const dane::smtp::DomainFacts& facts) {
  dane::smtp::JudgeOptions options;
  options.at = evaluation_time;
  return dane::smtp::judge_domain(facts, options);
}

}  // namespace test
