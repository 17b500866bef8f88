/// The text form of a PolicyReport: what happens to mail, what Postfix looks for and finds, what
/// its log says, and the smallest change.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "libdane/report/phrases.hpp"
#include "libdane/report/policy_render.hpp"
#include "libdane/report/text_findings.hpp"
#include "libdane/report/writer.hpp"

namespace dane::report {

namespace {

constexpr std::size_t indent = 2, label_columns = 13, deeper = 4;
constexpr std::size_t shown_in_full = 6;  ///< servers; of more, those alike are put together
constexpr std::size_t named_alike = 10;
constexpr std::size_t many = 20;  ///< destinations; of more, only those in trouble are shown

void write_answer(Writer& out, const DestinationRow& row, bool one_line_each) {
  out.cell(upper(to_string(row.status)), word_columns, style_of(row.status));
  out.put(row.nexthop + ":", Style::bold).put(" ");
  if (one_line_each)
    out.put(row.verdict);
  else
    out.wrapped(row.verdict, word_columns);
  out.end_line();
}

void write_field(Writer& out, std::size_t from, const std::string& label, const std::string& text) {
  out.to_column(from).cell(label, label_columns, Style::dim);
  out.wrapped(text, from + label_columns).end_line();
}

std::string where_from(const DestinationRow& row) {
  std::string text = row.level.empty() ? "unknown" : row.level;
  if (row.refused_level)
    text = row.refused_level->empty() ? "refused by Postfix"
                                      : *row.refused_level + " (refused by Postfix)";
  if (row.key) {
    text += ", entry \"" + *row.key + "\"";
    if (!row.file.empty())
      text += row.line > 0 ? fmt::format(" of {}:{}", row.file, row.line) : " of " + row.file;
  } else if (!row.parameter.empty()) {
    text += ", from " + row.parameter;
  }
  if (!row.effective_level.empty() && row.effective_level != row.level)
    text += ", in effect " + row.effective_level;
  return text;
}

std::string names_sought(const DestinationRow& row) {
  std::vector<std::string> names;
  for (const auto& name : row.expected_names)
    names.push_back(name.starts_with('.') ? "any name below " + name.substr(1) : name);
  auto text = join(names, ", or ");
  if (!row.match.empty()) text += " (match " + join(row.match, ":") + ")";
  return text;
}

Style style_of_delivery(const PolicyServerRow& server) {
  if (server.delivery != "delivered") return Style::bad;
  return server.encrypted ? Style::good : Style::attention;
}

void write_server_heading(Writer& out, const PolicyServerRow& server) {
  out.to_column(indent).put(server.hostname, Style::bold);
  if (!server.address.empty()) out.put(fmt::format(" [{}]:{}", server.address, server.port));
  out.put("  ");
  if (server.log_word) out.put(*server.log_word + ", ");
  out.put(server.delivery, style_of_delivery(server));
  if (server.delivery == "delivered" && !server.encrypted) out.put(" in the clear");
  if (server.delivery != "delivered") {
    out.put(" " + server.dsn);
    if (!server.text.empty()) out.put(" (" + server.text + ")");
  }
  if (!server.tried) out.put("; never tried, smtp_mx_address_limit", Style::dim);
  out.end_line();
}

void write_server(Writer& out, const PolicyServerRow& server, const RenderOptions& options) {
  write_server_heading(out, server);
  if (!server.tls.empty() && options.verbosity > 0)
    write_field(out, deeper, "TLS", server.tls + " " + server.cipher);
  if (!server.certificate_names.empty())
    write_field(out, deeper, "certificate", join(server.certificate_names, ", "));
  if (server.matched)
    write_field(out, deeper, "matched",
                server.matched->name + " by " + server.matched->pattern +
                    (server.matched->pattern == server.matched->reference
                         ? ""
                         : " (" + server.matched->reference + ")"));
  if (server.chain_error) write_field(out, deeper, "chain", *server.chain_error);
  if (options.explain)
    for (const auto& line : server.reasoning) write_field(out, deeper, "because", line);
  if (server.log_lines.empty() || (server.delivery == "delivered" && options.verbosity < 1)) return;
  out.to_column(deeper).put("the log says", Style::dim).end_line();
  for (const auto& line : server.log_lines) out.to_column(deeper + 2).put(line).end_line();
}

/// A text about a server without what names it.
std::string without_names(std::string text, const PolicyServerRow& server) {
  for (const auto& name : {server.address, server.hostname}) {
    if (name.empty()) continue;
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
      text.replace(at, name.size(), "*");
  }
  return text;
}

bool same_outcome(const PolicyServerRow& a, const PolicyServerRow& b) {
  const auto key = [](const PolicyServerRow& s) {
    return std::tie(s.tried, s.delivery, s.encrypted, s.dsn, s.log_word, s.effective_level,
                    s.chain_error, s.verify_error);
  };
  return key(a) == key(b) && a.matched.has_value() == b.matched.has_value() &&
         without_names(a.text, a) == without_names(b.text, b);
}

void write_alike(Writer& out, const std::vector<const PolicyServerRow*>& alike) {
  std::vector<std::string> names;
  for (const auto* server : alike) {
    if (names.size() == named_alike) {
      names.push_back(fmt::format("and {} more", alike.size() - named_alike));
      break;
    }
    names.push_back(server->address.empty()
                        ? server->hostname
                        : fmt::format("{} [{}]", server->hostname, server->address));
  }
  write_field(out, deeper, "likewise", join(names, ", "));
}

/// Many servers: one of each outcome in full, and the names of the others.
void write_servers(Writer& out, const std::vector<PolicyServerRow>& servers,
                   const RenderOptions& options) {
  std::vector<bool> written(servers.size(), false);
  const bool all = servers.size() <= shown_in_full || options.verbosity > 0;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    if (written[i]) continue;
    write_server(out, servers[i], options);
    std::vector<const PolicyServerRow*> alike;
    for (std::size_t k = i + 1; !all && k < servers.size(); ++k) {
      if (written[k] || !same_outcome(servers[i], servers[k])) continue;
      written[k] = true;
      alike.push_back(&servers[k]);
    }
    if (!alike.empty()) write_alike(out, alike);
  }
}

void write_suggestions(Writer& out, const DestinationRow& row) {
  if (row.suggestions.empty()) return;
  out.to_column(indent).put("What would verify, best first", Style::bold).end_line();
  for (const auto& suggestion : row.suggestions) {
    out.to_column(deeper).put(suggestion.entry, Style::good).end_line();
    if (!suggestion.because.empty()) write_field(out, deeper + 2, "because", suggestion.because);
    write_field(out, deeper + 2, "its cost", suggestion.trade_off);
  }
}

std::vector<const Finding*> findings_of(const PolicyReport& report, const DestinationRow& row) {
  std::vector<const Finding*> out;
  for (std::size_t i = row.findings_begin; i < row.findings_end && i < report.findings.size(); ++i)
    out.push_back(&report.findings[i]);
  return out;
}

void write_destination(Writer& out, const PolicyReport& report, const DestinationRow& row,
                       const RenderOptions& options) {
  out.gap().put(row.nexthop, Style::bold).end_line();
  write_field(out, indent, "policy", where_from(row));
  if (!row.expected_names.empty()) write_field(out, indent, "looks for", names_sought(row));
  for (const auto& line : row.log_lines) write_field(out, indent, "the log says", line);
  write_servers(out, row.servers, options);
  write_suggestions(out, row);
  write_findings(out, findings_of(report, row), options.explain);
}

/// \param one  what is said of a single one.
void write_list(Writer& out, const std::string& one, const std::string& many_of_them,
                const std::vector<std::string>& keys) {
  if (keys.empty()) return;
  const auto& what = keys.size() == 1 ? one : many_of_them;
  out.to_column(indent).put(fmt::format("{} {}", keys.size(), what), Style::bold).end_line();
  out.to_column(deeper).wrapped(join(keys, " "), deeper).end_line();
}

void write_table(Writer& out, const PolicyReport& report) {
  const auto fine = std::ranges::count(report.destinations, Status::ok, &DestinationRow::status);
  out.gap().put("The whole table", Style::bold).end_line();
  out.to_column(indent)
      .put(fmt::format("{} destination{}, {} of them fine", report.destinations.size(),
                       report.destinations.size() == 1 ? "" : "s", fine))
      .end_line();
  write_list(out, "fails today:", "fail today:", report.table->fails);
  write_list(out, "is never reached:", "are never reached:", report.table->dead);
  write_list(out, "weakens the default:", "weaken the default:", report.table->weakens_default);
  write_list(out, "could be dane:", "could be dane:", report.table->could_be_dane);
  write_list(out, "uses what this Postfix does not know:", "use what this Postfix does not know:",
             report.table->unknown_attributes);
}

/// Findings of the configuration: those of no destination.
std::vector<const Finding*> findings_of_configuration(const PolicyReport& report) {
  std::size_t end = report.findings.size();
  for (const auto& row : report.destinations) end = std::min(end, row.findings_begin);
  std::vector<const Finding*> findings;
  for (std::size_t i = 0; i < end; ++i) findings.push_back(&report.findings[i]);
  return findings;
}

/// The exit status may be theirs.
void write_configuration_answer(Writer& out, const PolicyReport& report) {
  std::vector<Finding> findings;
  for (const auto* finding : findings_of_configuration(report)) findings.push_back(*finding);
  const auto status = overall_status(findings);
  if (status == Status::ok) return;
  const auto worst = by_severity(pointers_to(findings)).front();
  out.cell(upper(to_string(status)), word_columns, style_of(status));
  out.put(report.configuration.empty() ? "the entry:" : "configuration:", Style::bold)
      .put(" ")
      .put(worst->subject + ": " + worst->text)
      .end_line();
}

void write_configuration(Writer& out, const PolicyReport& report, const RenderOptions& options) {
  const auto findings = findings_of_configuration(report);
  if (findings.empty()) return;
  const auto heading = report.configuration.empty() ? std::string("The entry itself")
                                                    : "Configuration " + report.configuration;
  out.gap().put(heading, Style::bold).end_line();
  write_findings(out, findings, options.explain);
}

}  // namespace

std::string render_policy_text(const PolicyReport& report, const RenderOptions& options) {
  Writer out(options.color);
  const bool only_trouble = report.destinations.size() > many && options.verbosity < 1;
  const auto is_shown = [&](const DestinationRow& row) {
    return !only_trouble || row.status != Status::ok;
  };
  for (const auto& row : report.destinations)
    if (is_shown(row)) write_answer(out, row, options.verbosity < 0);
  if (options.verbosity < 0) write_configuration_answer(out, report);
  if (options.verbosity >= 0) {
    for (const auto& row : report.destinations)
      if (is_shown(row)) write_destination(out, report, row, options);
    write_configuration(out, report, options);
  }
  if (report.table) write_table(out, report);
  return out.take();
}

}  // namespace dane::report
