#include <stdexcept>

#include <nlohmann/json.hpp>

#include "dane/core/text.hpp"

#include "tools/tls-policy-check/relevant_parameters.hpp"
#include "tools/tls-policy-check/snapshot.hpp"

namespace dane::tools::tls_policy_check {

namespace {

using Json = nlohmann::ordered_json;
using Strings = std::vector<std::string>;

constexpr std::size_t most_destinations = 1'000'000;

template <class T>
T checked(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().what);
  return std::move(*result);
}

// Configuration files may hold any octet; JSON strings may not.

Json encode_text(const std::string& text) {
  if (is_utf8(text)) return text;
  return Json{{"base64", to_base64(to_bytes(text))}};
}

std::string decode_text(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  return to_octets(checked(from_base64(json.at("base64").get<std::string>())));
}

Json encode_texts(const Strings& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(encode_text(text));
  return out;
}

/// To iterate, null would be an empty list and a string a list of one.
const Json& list(const Json& json) {
  if (!json.is_array()) throw std::runtime_error("a list is missing");
  return json;
}

Strings decode_texts(const Json& json) {
  Strings out;
  for (const auto& text : list(json)) out.push_back(decode_text(text));
  return out;
}

/// JSON's own conversions would take 3.7 and true for a line.
int decode_line(const Json& in) {
  const auto& line = in.at("line");
  if (!line.is_number_integer()) throw std::runtime_error("line is no whole number");
  return line.get<int>();
}

Json encode_assignments(const postfix::Assignments& assignments) {
  Json out = Json::object();
  for (const auto& [name, assignment] : relevant_parameters(assignments)) {
    if (!is_utf8(name)) continue;  // no parameter that anybody knows
    out[name] = {{"value", encode_text(assignment.value)},
                 {"file", encode_text(assignment.file)},
                 {"line", assignment.line}};
  }
  return out;
}

postfix::Assignments decode_assignments(const Json& in) {
  postfix::Assignments out;
  for (const auto& [name, value] : in.items())
    out.emplace(name, postfix::Assignment{decode_text(value.at("value")),
                                          decode_text(value.at("file")), decode_line(value)});
  return out;
}

Json encode_row(const postfix::TableRow& row) {
  return {{"key", encode_text(row.key)},
          {"value", encode_text(row.value)},
          {"file", encode_text(row.file)},
          {"line", row.line}};
}

postfix::TableRow decode_row(const Json& in) {
  return {decode_text(in.at("key")), decode_text(in.at("value")), decode_text(in.at("file")),
          decode_line(in)};
}

Json encode_answers(const TableAnswers& answers) {
  Json out = Json::array();
  for (const auto& [key, answer] : answers) {
    Json entry = {{"asked", encode_text(key)}};
    if (const auto* const hit = std::get_if<postfix::TableHit>(&answer)) {
      entry["row"] = encode_row(hit->row);
      entry["title"] = hit->title;
    } else if (const auto* const error = std::get_if<postfix::TableError>(&answer)) {
      entry["error"] = encode_text(error->what);
      entry["map"] = encode_text(error->map);
      entry["unavailable"] = encode_text(error->unavailable);
      entry["only_here"] = error->only_here;
      entry["warnings"] = encode_texts(error->warnings);
    }
    out.push_back(std::move(entry));
  }
  return out;
}

TableAnswers decode_answers(const Json& in) {
  TableAnswers out;
  for (const auto& entry : list(in)) {
    postfix::TableAnswer answer = postfix::TableMiss{};
    if (entry.contains("row"))
      answer = postfix::TableHit{decode_row(entry.at("row")), decode_text(entry.at("title"))};
    else if (entry.contains("error"))
      answer = postfix::TableError{
          printable(decode_text(entry.at("error"))), decode_text(entry.at("map")),
          decode_text(entry.at("unavailable")), entry.at("only_here").get<bool>(),
          entry.contains("warnings") ? decode_texts(entry.at("warnings")) : Strings()};
    out.emplace(decode_text(entry.at("asked")), std::move(answer));
  }
  return out;
}

Json encode_problems(const std::vector<postfix::ConfigProblem>& problems) {
  Json out = Json::array();
  for (const auto& p : problems)
    out.push_back({{"code", p.code},
                   {"what", encode_text(p.what)},
                   {"file", encode_text(p.file)},
                   {"line", p.line},
                   {"effect", encode_text(p.effect)},
                   {"remedy", encode_text(p.remedy)},
                   {"fatal", p.fatal}});
  return out;
}

std::vector<postfix::ConfigProblem> decode_problems(const Json& in) {
  std::vector<postfix::ConfigProblem> out;
  for (const auto& p : list(in))
    out.push_back({decode_text(p.at("code")), decode_text(p.at("what")), decode_text(p.at("file")),
                   decode_line(p), decode_text(p.at("effect")), decode_text(p.at("remedy")),
                   p.at("fatal").get<bool>()});
  return out;
}

Json encode_cas(const postfix::CaCertificates& cas) {
  Json trusted = Json::array();
  for (const auto& certificate : cas.trusted) trusted.push_back(to_base64(certificate.der()));
  return {{"trusted", std::move(trusted)}, {"problems", encode_problems(cas.problems)},
          {"unusable", cas.unusable},      {"configured", cas.configured},
          {"unknown", cas.unknown},        {"log_lines", encode_texts(cas.log_lines)}};
}

postfix::CaCertificates decode_cas(const Json& in) {
  postfix::CaCertificates cas;
  for (const auto& entry : list(in.at("trusted")))
    cas.trusted.push_back(
        checked(x509::Certificate::decode_der(checked(from_base64(entry.get<std::string>())))));
  cas.problems = decode_problems(in.at("problems"));
  cas.unusable = in.at("unusable").get<bool>();
  cas.configured = in.at("configured").get<bool>();
  cas.unknown = in.value("unknown", false);
  if (in.contains("log_lines")) cas.log_lines = decode_texts(in.at("log_lines"));
  return cas;
}

Json encode_anchors(const Snapshot& snapshot) {
  Json out = Json::array();
  for (const auto& [files, anchors] : snapshot.anchors) {
    Json records = Json::array();
    for (const auto& record : anchors.records) records.push_back(tlsa::format_presentation(record));
    out.push_back({{"files", encode_texts(files)},
                   {"records", std::move(records)},
                   {"warnings", encode_texts(anchors.warnings)},
                   {"unknown", encode_text(anchors.unknown)},
                   {"invalid", anchors.invalid}});
  }
  return out;
}

void decode_anchors(const Json& in, Snapshot& snapshot) {
  for (const auto& entry : list(in)) {
    postfix::TrustAnchors anchors;
    for (const auto& record : list(entry.at("records")))
      anchors.records.push_back(checked(tlsa::parse_presentation(record.get<std::string>())));
    anchors.warnings = decode_texts(entry.at("warnings"));
    anchors.invalid = entry.at("invalid").get<bool>();
    if (entry.contains("unknown")) anchors.unknown = decode_text(entry.at("unknown"));
    snapshot.anchors.emplace(decode_texts(entry.at("files")), std::move(anchors));
  }
}

Json encode_addresses(const std::vector<IpAddress>& addresses) {
  Json out = Json::array();
  for (const auto& address : addresses) out.push_back(address.to_string());
  return out;
}

std::vector<IpAddress> decode_addresses(const Json& in) {
  std::vector<IpAddress> out;
  for (const auto& text : list(in))
    out.push_back(checked(IpAddress::parse(text.get<std::string>())));
  return out;
}

Json encode_services(const std::vector<policy::OtherService>& services) {
  Json out = Json::array();
  for (const auto& service : services)
    out.push_back({{"name", encode_text(service.name)},
                   {"level", postfix::to_string(service.level)},
                   {"own_tables", service.own_tables}});
  return out;
}

std::vector<policy::OtherService> decode_services(const Json& in) {
  std::vector<policy::OtherService> out;
  for (const auto& service : list(in)) {
    const auto level = postfix::parse_level(service.at("level").get<std::string>(), true);
    if (!level) throw std::runtime_error("no such level");
    out.push_back({decode_text(service.at("name")), *level, service.at("own_tables").get<bool>()});
  }
  return out;
}

Json encode_configuration(const Snapshot& snapshot) {
  const auto& c = snapshot.configuration;
  Json rows = Json::array();
  for (const auto& row : c.rows) rows.push_back(encode_row(row));
  Json per_site_rows = Json::array();
  for (const auto& row : c.per_site_rows) per_site_rows.push_back(encode_row(row));
  return {{"folder", encode_text(c.folder)},
          {"postfix_version", c.version.to_string()},
          {"set", encode_assignments(c.assignments)},
          {"effective", encode_assignments(snapshot.effective)},
          {"policy_maps", encode_text(c.settings.policy_maps)},
          {"last_words", encode_text(c.settings.last_words)},
          {"rows", std::move(rows)},
          {"all_listed", c.all_listed},
          {"per_site_rows", std::move(per_site_rows)},
          {"per_site_listed", c.per_site_listed},
          {"other_services", encode_services(c.other_services)},
          {"chroot", encode_text(c.chroot)},
          {"resolver_sets_ad", c.resolver_sets_ad ? Json(*c.resolver_sets_ad) : Json(nullptr)},
          {"problems", encode_problems(c.problems)},
          {"cas", encode_cas(c.cas)}};
}

void decode_configuration(const Json& in, Snapshot& snapshot) {
  auto& c = snapshot.configuration;
  c.folder = decode_text(in.at("folder"));
  c.version = checked(postfix::parse_version(in.at("postfix_version").get<std::string>()));
  c.assignments = decode_assignments(in.at("set"));
  snapshot.effective = decode_assignments(in.at("effective"));
  c.settings = postfix::evaluate_settings(snapshot.effective, c.version).settings;
  c.settings.policy_maps = decode_text(in.at("policy_maps"));
  if (in.contains("last_words")) c.settings.last_words = decode_text(in.at("last_words"));
  c.policy_maps = postfix::parse_map_names(c.settings.policy_maps);
  for (const auto& row : list(in.at("rows"))) c.rows.push_back(decode_row(row));
  c.all_listed = in.at("all_listed").get<bool>();
  if (in.contains("per_site_rows")) {
    for (const auto& row : list(in.at("per_site_rows"))) c.per_site_rows.push_back(decode_row(row));
    c.per_site_listed = in.at("per_site_listed").get<bool>();
    c.other_services = decode_services(in.at("other_services"));
  }
  c.chroot = decode_text(in.at("chroot"));
  if (const auto& ad = in.at("resolver_sets_ad"); !ad.is_null())
    c.resolver_sets_ad = ad.get<bool>();
  c.problems = decode_problems(in.at("problems"));
  c.cas = decode_cas(in.at("cas"));
}

Snapshot decode_saved(const Json& in) {
  Snapshot s;
  decode_configuration(in.at("configuration"), s);
  for (const auto& text : list(in.at("nexthops"))) {
    if (s.destinations.size() == most_destinations) throw std::runtime_error("too many next-hops");
    s.destinations.push_back(checked(postfix::parse_destination(decode_text(text))));
  }
  s.whole_table = in.at("whole_table").get<bool>();
  s.options.ipv4 = in.at("ipv4").get<bool>();
  s.options.ipv6 = in.at("ipv6").get<bool>();
  s.options.tls_required_no = in.at("tls_required_no").get<bool>();
  s.options.sts_patterns = decode_texts(in.at("sts_patterns"));
  s.own_addresses = decode_addresses(in.at("own_addresses"));
  s.has_policy_maps = in.at("has_policy_maps").get<bool>();
  s.has_per_site = in.at("has_per_site").get<bool>();
  s.policy_answers = decode_answers(in.at("policy_answers"));
  s.per_site_answers = decode_answers(in.at("per_site_answers"));
  decode_anchors(in.at("anchors"), s);
  return s;
}

}  // namespace

std::string encode_request(const Snapshot& s) {
  Json nexthops = Json::array();
  for (const auto& destination : s.destinations) nexthops.push_back(encode_text(destination.text));
  const Json out = {{"nexthops", std::move(nexthops)},
                    {"whole_table", s.whole_table},
                    {"ipv4", s.options.ipv4},
                    {"ipv6", s.options.ipv6},
                    {"tls_required_no", s.options.tls_required_no},
                    {"sts_patterns", encode_texts(s.options.sts_patterns)},
                    {"configuration", encode_configuration(s)},
                    {"own_addresses", encode_addresses(s.own_addresses)},
                    {"has_policy_maps", s.has_policy_maps},
                    {"has_per_site", s.has_per_site},
                    {"policy_answers", encode_answers(s.policy_answers)},
                    {"per_site_answers", encode_answers(s.per_site_answers)},
                    {"anchors", encode_anchors(s)}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Snapshot> decode_request(const std::string& json) {
  try {
    return decode_saved(Json::parse(json));
  } catch (const std::exception& fault) {
    return fail("evidence-invalid",
                "the request in the evidence is not one of tls-policy-check: " +
                    printable(fault.what(), 200),
                {}, "replay it with the tool that saved it");
  }
}

}  // namespace dane::tools::tls_policy_check
