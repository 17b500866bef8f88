#include "libdane/report/json_values.hpp"
#include "libdane/report/policy_render.hpp"

namespace dane::report {

namespace {

Json matched_json(const std::optional<MatchedNameRow>& matched) {
  if (!matched) return nullptr;
  return {{"pattern", harmless(matched->pattern)},
          {"reference", harmless(matched->reference)},
          {"name", harmless(matched->name)}};
}

Json server_json(const PolicyServerRow& row) {
  return {{"hostname", harmless(row.hostname)},
          {"address", text_or_null(row.address)},
          {"port", row.port},
          {"effective_level", text_or_null(row.effective_level)},
          {"tls", text_or_null(row.tls)},
          {"cipher", text_or_null(row.cipher)},
          {"certificate_names", texts(row.certificate_names)},
          {"chain_error", text_or_null(row.chain_error)},
          {"log_word", text_or_null(row.log_word)},
          {"matched", matched_json(row.matched)},
          {"verify_error", {{"code", row.verify_error}, {"name", harmless(row.verify_error_name)}}},
          {"tried", row.tried},
          {"delivery", harmless(row.delivery)},
          {"encrypted", row.encrypted},
          {"dsn", text_or_null(row.dsn)},
          {"text", text_or_null(row.text)},
          {"log_lines", texts(row.log_lines)},
          {"rules", texts(row.rules)},
          {"reasoning", texts(row.reasoning)}};
}

Json suggestion_json(const SuggestionRow& row) {
  return {{"entry", harmless(row.entry)},
          {"trade_off", harmless(row.trade_off)},
          {"because", harmless(row.because)}};
}

Json destination_json(const DestinationRow& row) {
  return {{"nexthop", harmless(row.nexthop)},
          {"status", to_string(row.status)},
          {"verdict", harmless(row.verdict)},
          {"key", text_or_null(row.key)},
          {"file", text_or_null(row.file)},
          {"line", row.line > 0 ? Json(row.line) : Json(nullptr)},
          {"source", text_or_null(row.source)},
          {"parameter", text_or_null(row.parameter)},
          {"level", text_or_null(row.level)},
          {"effective_level", text_or_null(row.effective_level)},
          {"match", texts(row.match)},
          {"expected_names", texts(row.expected_names)},
          {"delivery", text_or_null(row.delivery)},
          {"dsn", text_or_null(row.dsn)},
          {"text", text_or_null(row.text)},
          {"log_lines", texts(row.log_lines)},
          {"servers", rows(row.servers, server_json)},
          {"suggestions", rows(row.suggestions, suggestion_json)}};
}

Json table_json(const std::optional<TableLists>& table) {
  if (!table) return nullptr;
  return {{"dead", texts(table->dead)},
          {"weakens_default", texts(table->weakens_default)},
          {"fails", texts(table->fails)},
          {"could_be_dane", texts(table->could_be_dane)},
          {"unknown_attributes", texts(table->unknown_attributes)}};
}

}  // namespace

std::string render_policy_json(const PolicyReport& report) {
  return dump({{"schema", "dane-report/1"},
               {"tool", harmless(report.tool)},
               {"version", harmless(report.version)},
               {"evaluated_at", format_rfc3339(report.evaluated_at)},
               {"status", to_string(report.status())},
               {"postfix_version", text_or_null(report.postfix_version)},
               {"configuration", text_or_null(report.configuration)},
               {"findings", rows(report.findings, finding_json)},
               {"destinations", rows(report.destinations, destination_json)},
               {"table", table_json(report.table)}});
}

}  // namespace dane::report
