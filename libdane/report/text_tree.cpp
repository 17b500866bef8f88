#include "libdane/report/text_tree.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libdane/report/phrases.hpp"

namespace dane::report {

namespace {
constexpr std::size_t host_column = 2;

std::string route_text(const DomainRow& row) {
  const std::string state =
      row.mx_security.empty() ? std::string{} : ", MX answer " + row.mx_security;
  if (row.route == "mx") return "mail goes to its MX hosts" + state;
  if (row.route == "implicit-mx") return "no MX record: the domain itself is the host" + state;
  if (row.route == "null-mx") return "null MX: accepts no mail" + state;
  if (row.route == "not-a-domain") return "the domain does not exist" + state;
  if (row.route == "lookup-failed") return "the MX lookup failed";
  return row.route + state;
}

Style outcome_style(std::string_view outcome) {
  if (outcome == "verified") return Style::good;
  if (outcome == "refuted") return Style::bad;
  if (outcome == "unusable" || outcome == "undetermined") return Style::attention;
  return Style::bold;
}

std::string position_name(std::size_t position) {
  return position == 0 ? "the leaf certificate" : fmt::format("certificate {}", position);
}

struct RecordState {
  std::string word;
  Style style = Style::plain;
  std::vector<std::string> lines;
};

/// The record equals something where its usage looks: a CA above the leaf, or the leaf.
bool matches_in_place(const TlsaRow& row) {
  const bool names_ca = row.usage == 0 || row.usage == 2;
  return std::any_of(row.matches.begin(), row.matches.end(),
                     [&](std::size_t position) { return (position > 0) == names_ca; });
}

/// What became of a record, in a word and in the words of the check, or our own without those.
RecordState state_of(const TlsaRow& row, const Subject& subject) {
  RecordState state{"match", Style::good, row.fate};
  if (!row.usable) {
    state.word = "unusable";
    state.style = Style::attention;
    if (state.lines.empty()) state.lines = {row.unusable_reason.value_or("cannot be used")};
    for (auto& line : state.lines) {
      if (line.starts_with("unusable: ")) line.erase(0, std::string_view("unusable: ").size());
    }
    if (!row.unusable_rule.empty()) state.lines.front() += " [" + row.unusable_rule + "]";
  } else if (row.set_aside_by_agility) {
    state.word = "set aside";
    state.style = Style::attention;
    if (state.lines.empty()) state.lines = {"a stronger digest is published beside it"};
  } else if (subject.chains.empty()) {
    state.word = "untested";
    state.style = Style::attention;
    if (state.lines.empty()) state.lines = {"no certificate was seen"};
  } else if (row.matches.empty()) {
    state.word = "no match";
    state.style = subject.outcome == "refuted" ? Style::bad : Style::attention;
    if (state.lines.empty()) state.lines = {"matches nothing that the server presents"};
  } else {
    if (!matches_in_place(row)) {
      state.word = "misplaced";
      state.style = Style::bad;
    }
    std::vector<std::string> names;
    for (const auto position : row.matches) names.push_back(position_name(position));
    if (state.lines.empty()) state.lines = {"matches " + join(names, ", ")};
  }
  return state;
}

void write_record(Writer& out, const Subject& subject, std::size_t index, bool in_full) {
  const auto& row = subject.tlsa[index];
  const auto state = state_of(row, subject);
  out.to_column(row_column).cell(fmt::format("#{}", index), 4);
  out.cell(state.word, 11, state.style);
  const std::size_t data_column = out.column();
  out.put(record_text(row, in_full));
  std::size_t fate_column = data_column + 25;
  if (in_full) {
    out.end_line();
    fate_column = data_column;
  }
  for (const auto& line : state.lines) {
    if (out.column() + 1 > fate_column) out.put(" ");
    out.to_column(fate_column).wrapped(line, fate_column).end_line();
  }
}

void write_records(Writer& out, const Subject& subject, const RenderOptions& options) {
  if (subject.tlsa.empty()) return;
  std::vector<std::string> facts;
  if (!subject.tlsa_security.empty()) facts.push_back(subject.tlsa_security);
  if (subject.tlsa_ttl) facts.push_back(fmt::format("TTL {}", *subject.tlsa_ttl));
  out.to_column(block_column).put("TLSA records");
  if (!subject.tlsa_owner.empty()) out.put(" at " + subject.tlsa_owner);
  if (!facts.empty()) out.put(" (" + join(facts, ", ") + ")");
  out.end_line();
  for (std::size_t i = 0; i < subject.tlsa.size(); ++i) {
    write_record(out, subject, i, options.verbosity > 0);
  }
  if (!subject.reference_identifiers.empty()) {
    out.to_column(row_column);
    out.wrapped("reference identifiers: " + join(subject.reference_identifiers, ", "),
                row_column + 2);
    out.end_line();
  }
}

/// "by #0 (2 1 1), depth 1, name mx1.example.com", or why not.
std::string chain_result(const Subject& subject, const ChainRow& chain, bool verbose) {
  if (!chain.authenticated) {
    std::string text = chain.because;
    if (text.empty() && subject.tlsa.empty()) return "no TLSA record to check it against";
    if (text.empty()) text = "no record authenticates it";
    if (verbose && chain.verify_error != 0) text += " (" + chain.verify_error_name + ")";
    return text;
  }
  if (!chain.matched) return chain.because;
  std::string text = fmt::format("by #{}", chain.matched->record);
  bool name_counts = false;
  if (chain.matched->record < subject.tlsa.size()) {
    const auto& row = subject.tlsa[chain.matched->record];
    text += fmt::format(" ({} {} {})", row.usage, row.selector, row.matching_type);
    name_counts = row.usage != 3;  // RFC 7671 section 5.1
  }
  text += fmt::format(", depth {}", chain.matched->depth);
  if (chain.matched_name && (name_counts || verbose)) text += ", name " + *chain.matched_name;
  return text;
}

struct Verdict {
  std::string_view word;
  Style style;
};
Verdict verdict_of(const Subject& subject, const ChainRow& chain) {
  if (chain.authenticated) return {"verified", Style::good};
  if (chain.verdict == "unusable") return {"unverified", Style::attention};
  if (chain.verdict == "undetermined") return {"undecided", Style::attention};
  if (subject.tlsa.empty()) return {"seen", Style::plain};
  return {"REFUTED", Style::bad};
}

std::size_t address_width(const Subject& subject) {
  std::size_t widest = 9;
  for (const auto& address : subject.addresses) widest = std::max(widest, address.size());
  for (const auto& chain : subject.chains) {
    widest = std::max(widest, chain.address.empty() ? chain.source.size() : chain.address.size());
  }
  return std::min<std::size_t>(widest, 40) + 2;
}

void write_reasoning(Writer& out, const ChainRow& chain, const RenderOptions& options) {
  if (!options.explain) return;
  for (const auto& step : chain.reasoning) {
    out.to_column(row_column + 4).put("- ").wrapped(step, row_column + 6).end_line();
  }
}

void write_chain(Writer& out, const Subject& subject, const ChainRow& chain, std::size_t columns,
                 const RenderOptions& options) {
  const auto verdict = verdict_of(subject, chain);
  out.to_column(row_column).cell(chain.address.empty() ? chain.source : chain.address, columns);
  out.cell(chain.key_type, 8).cell(chain.tls, chain.tls.empty() ? 0 : 9);
  out.cell(verdict.word, 12, verdict.style);
  const std::size_t hang = out.column();
  out.wrapped(chain_result(subject, chain, options.explain || options.verbosity > 0), hang);
  out.end_line();
  if (!chain.authenticated && !subject.tlsa.empty() && !chain.certificates.empty()) {
    // The other half of a mismatch: what the records would have to say.
    const bool in_full = options.verbosity > 0;
    const auto digest = [&](const std::string& hex) { return in_full ? hex : shorten_hex(hex); };
    const auto& leaf = chain.certificates.front();
    const bool fits = !in_full && hang + 40 <= Writer::width;
    const std::size_t column = fits ? hang : row_column + 4;
    out.to_column(column).put("its key:         3 1 1 " + digest(leaf.spki_sha256)).end_line();
    out.to_column(column).put("its certificate: 3 0 1 " + digest(leaf.cert_sha256)).end_line();
  }
  if (options.verbosity > 0 && !chain.cipher.empty()) {
    out.to_column(row_column + 4).put("cipher " + chain.cipher);
    out.put(chain.sni.empty() ? ", no SNI sent" : ", SNI " + chain.sni).end_line();
  }
  write_reasoning(out, chain, options);
}

/// The same for both key types at one address: told once.
bool is_twin(const FailureRow& a, const FailureRow& b) {
  return a.address == b.address && a.counts_as == b.counts_as && a.kind == b.kind &&
         a.text == b.text && a.reply == b.reply && a.alert == b.alert;
}

void write_failure(Writer& out, const FailureRow& failure, bool twin, std::size_t columns) {
  const bool failed = failure.counts_as == "failure";
  const bool no_such_chain = failure.counts_as == "no-such-chain";
  out.to_column(row_column)
      .cell(failure.address, columns)
      .cell(twin ? "both" : failure.key_type, 8);
  out.cell("-", 9).cell(failed ? "FAILED" : (no_such_chain ? "none" : "not tested"), 12,
                        failed ? Style::bad : (no_such_chain ? Style::plain : Style::attention));
  const std::size_t hang = out.column();
  std::string text = no_such_chain ? "no chain of this key type" : failure.text;
  if (text.empty()) text = failure.kind;
  if (!no_such_chain && !failure.reply.empty()) text += "; the server said: " + failure.reply;
  if (!no_such_chain && !failure.alert.empty()) text += "; " + failure.alert;
  out.wrapped(text, hang).end_line();
}

void write_addresses(Writer& out, const Subject& subject, const RenderOptions& options) {
  // In the order of the lookup; rows whose address is not among them (offline) come last.
  std::vector<std::string> order = subject.addresses;
  const auto add = [&](const std::string& address) {
    if (std::find(order.begin(), order.end(), address) == order.end()) order.push_back(address);
  };
  for (const auto& chain : subject.chains) add(chain.address);
  for (const auto& failure : subject.failures) add(failure.address);
  if (order.empty()) return;

  const std::size_t columns = address_width(subject);
  const bool offline = order.size() == 1 && order.front().empty();
  out.to_column(block_column).put(offline ? "Chain" : "Addresses");
  if (!subject.address_security.empty()) out.put(" (" + subject.address_security + ")");
  out.end_line();
  for (const auto& address : order) {
    bool shown = false;
    for (const auto& chain : subject.chains) {
      if (chain.address != address) continue;
      write_chain(out, subject, chain, columns, options);
      shown = true;
    }
    for (auto it = subject.failures.begin(); it != subject.failures.end(); ++it) {
      if (it->address != address) continue;
      const bool twin = std::next(it) != subject.failures.end() && is_twin(*it, *std::next(it));
      write_failure(out, *it, twin, columns);
      if (twin) ++it;
      shown = true;
    }
    if (!shown) {
      out.to_column(row_column).cell(address, columns).put("not tested").end_line();
    }
  }
}

void write_authorities(Writer& out, const Subject& subject, const RenderOptions& options) {
  if (subject.authorities.empty()) return;
  out.to_column(block_column).put("New certificate against each authoritative server").end_line();
  for (const auto& row : subject.authorities) {
    const bool passes = row.new_chain_passes.value_or(false);
    const std::string_view word =
        row.new_chain_passes ? (passes ? "passes" : "FAILS") : "undecided";
    const Style style =
        row.new_chain_passes ? (passes ? Style::good : Style::bad) : Style::attention;
    out.to_column(row_column).cell(word, 11, style);
    const std::size_t hang = out.column();
    out.put(row.server.empty() ? row.address : row.server + " [" + row.address + "]");
    out.put(": ").wrapped(row.text.empty() ? row.outcome : row.text, hang).end_line();
    for (const auto& record : row.records) {
      const auto last_blank = record.rfind(' ');
      const bool in_full = options.verbosity > 0 || last_blank == std::string::npos;
      out.to_column(hang);
      out.put(in_full
                  ? record
                  : record.substr(0, last_blank + 1) + shorten_hex(record.substr(last_blank + 1)));
      out.end_line();
    }
  }
}
}  // namespace

void write_domain_heading(Writer& out, const DomainRow& row) {
  const std::string route = route_text(row);
  if (row.domain.empty() && route.empty()) return;
  out.gap().put(row.domain, Style::bold);
  if (!route.empty()) out.put("  ").wrapped(route, host_column);
  out.end_line();
}

void write_subject(Writer& out, const Subject& subject, TimePoint at,
                   const RenderOptions& options) {
  std::vector<std::string> facts;
  if (subject.preference) facts.push_back(fmt::format("preference {}", *subject.preference));
  if (subject.protocol == "none") {
    facts.emplace_back("implicit TLS");
  } else if (!subject.protocol.empty() && subject.protocol != "smtp") {
    facts.push_back(subject.protocol);
  }
  out.to_column(host_column).put(service_name(subject), Style::bold).put("  ");
  out.put(upper(subject.outcome), outcome_style(subject.outcome));
  if (!facts.empty()) out.put("  " + join(facts, ", "));
  out.end_line();
  for (const auto& alias : subject.aliases) {
    out.to_column(block_column).put("is an alias of " + alias).end_line();
  }
  // Rows of records say it better; without them words are needed.
  if (!subject.because.empty() &&
      (subject.tlsa.empty() || options.explain || options.verbosity > 0)) {
    std::string because = subject.because;
    if (options.explain && !subject.rules.empty()) because += " [" + join(subject.rules, " ") + "]";
    out.to_column(block_column).wrapped(because, block_column).end_line();
  }
  write_records(out, subject, options);
  write_addresses(out, subject, options);
  write_certificates(out, subject, at, options);
  write_authorities(out, subject, options);
}

}  // namespace dane::report
