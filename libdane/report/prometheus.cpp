/// Prometheus text exposition format 0.0.4, for node_exporter's textfile collector.
#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "libdane/report/phrases.hpp"

namespace dane::report {

namespace {
using Labels = std::vector<std::pair<std::string_view, std::string>>;

std::string label_text(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += out.empty() ? "{" : ",";
    out += name;
    out += "=\"";
    for (const char c : harmless(value)) {
      if (c == '\\' || c == '"') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out.empty() ? out : out + "}";
}

/// One metric: every label set appears once.  When it comes again (two domains share an MX host
/// that is named twice, two identical rows) the smaller value stays: the more alarming one of
/// what is counted here, 0 for "not authenticated" and the earlier date.
class Family {
 public:
  Family(std::string_view name, std::string_view help)
      : head_(fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, help, name)), name_(name) {}

  void add(const Labels& labels, std::int64_t value) {
    const auto [it, is_new] = index_.emplace(label_text(labels), series_.size());
    if (is_new) {
      series_.emplace_back(it->first, value);
    } else {
      auto& known = series_[it->second].second;
      known = std::min(known, value);
    }
  }

  [[nodiscard]] std::string text() const {
    if (series_.empty()) return {};
    std::string out = head_;
    for (const auto& [labels, value] : series_)
      out += fmt::format("{}{} {}\n", name_, labels, value);
    return out;
  }

 private:
  std::string head_, name_;
  std::vector<std::pair<std::string, std::int64_t>> series_;
  std::unordered_map<std::string, std::size_t> index_;
};

Labels host_labels(const Subject& subject) {
  return {
      {"domain", subject.domain}, {"host", subject.name}, {"port", std::to_string(subject.port)}};
}

Labels with(Labels labels, const Labels& more) {
  labels.insert(labels.end(), more.begin(), more.end());
  return labels;
}

Labels record_labels(const Subject& subject, std::size_t index) {
  const auto& row = subject.tlsa[index];
  return with(host_labels(subject), {{"usage", std::to_string(row.usage)},
                                     {"selector", std::to_string(row.selector)},
                                     {"matching_type", std::to_string(row.matching_type)},
                                     {"data_prefix", row.data.substr(0, 16)},
                                     {"record", std::to_string(index)}});
}

std::string checks(const Report& report) {
  Family info("dane_check_info", "Which tool wrote this.");
  info.add({{"tool", report.tool}, {"version", report.version}}, 1);
  Family time("dane_check_timestamp_seconds", "When this was evaluated, Unix time.");
  time.add({}, report.evaluated_at.time_since_epoch().count());
  Family status("dane_check_status", "State of a domain: 0 ok, 1 warning, 2 critical, 3 unknown.");
  for (const auto& answer : answers_of(report)) {
    status.add({{"domain", answer.domain}}, static_cast<std::int64_t>(answer.status));
  }
  Family findings("dane_findings", "Number of findings by severity.");
  for (const auto severity :
       {Severity::critical, Severity::unknown, Severity::warning, Severity::note}) {
    findings.add({{"severity", to_string(severity)}},
                 std::count_if(report.findings.begin(), report.findings.end(),
                               [&](const Finding& f) { return f.severity == severity; }));
  }
  return info.text() + time.text() + status.text() + findings.text();
}

std::string hosts(const Report& report) {
  Family outcome("dane_host_outcome", "1 for the outcome that the host has, 0 for the others.");
  for (const auto& subject : report.subjects) {
    for (const auto* name :
         {"verified", "refuted", "unusable", "no-records", "insecure", "undetermined"}) {
      outcome.add(with(host_labels(subject), {{"outcome", name}}), subject.outcome == name ? 1 : 0);
    }
  }
  return outcome.text();
}

std::string records(const Report& report) {
  Family match("dane_record_match",
               "1 when the data of the TLSA record matches a certificate that was presented.");
  Family usable("dane_record_usable", "1 when a sender can use the TLSA record.");
  for (const auto& subject : report.subjects) {
    for (std::size_t i = 0; i < subject.tlsa.size(); ++i) {
      const auto labels = record_labels(subject, i);
      usable.add(labels, subject.tlsa[i].usable ? 1 : 0);
      // Nothing was presented: "does not match" would be an invention.
      if (!subject.chains.empty()) match.add(labels, subject.tlsa[i].matches.empty() ? 0 : 1);
    }
  }
  return match.text() + usable.text();
}

std::string chains(const Report& report) {
  Family authenticated("dane_chain_authenticated",
                       "1 when the certificate chain authenticates by a TLSA record.");
  Family not_after(
      "dane_certificate_not_after_seconds",
      "End of validity of a presented certificate, Unix time; position 0 is the leaf.");
  for (const auto& subject : report.subjects) {
    for (const auto& chain : subject.chains) {
      const auto labels =
          with(host_labels(subject), {{"address", chain.address}, {"key_type", chain.key_type}});
      // Without records there is nothing to authenticate by, and 0 would raise an alarm.
      if (!subject.tlsa.empty()) authenticated.add(labels, chain.authenticated ? 1 : 0);
      for (std::size_t i = 0; i < chain.certificates.size(); ++i) {
        not_after.add(with(labels, {{"position", std::to_string(i)}}),
                      chain.certificates[i].not_after.time_since_epoch().count());
      }
    }
  }
  return authenticated.text() + not_after.text();
}
}  // namespace

std::string render_prometheus(const Report& report) {
  return checks(report) + hosts(report) + records(report) + chains(report);
}

}  // namespace dane::report
