#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "dane/core/text.hpp"
#include "dane/evidence/evidence.hpp"

#include "libdane/evidence/decode_probes.hpp"
#include "libdane/evidence/reader.hpp"

namespace dane::evidence {

namespace {
constexpr std::size_t max_entries = 1'000'000;  // lookups, probes: the file's size bounds them
constexpr std::size_t max_rdata = 65535;

Security read_security(const Node& node) {
  const auto text = node.text();
  if (text == "secure") return Security::secure;
  if (text != "insecure") node.fail_here("\"secure\" or \"insecure\" is expected");
  return Security::insecure;
}

FailureKind read_failure_kind(const Node& node) {
  const auto text = node.text();
  for (const auto kind :
       {FailureKind::bogus, FailureKind::servfail, FailureKind::refused, FailureKind::timeout,
        FailureKind::malformed, FailureKind::other_rcode, FailureKind::disagreement,
        FailureKind::local, FailureKind::not_recorded}) {
    if (to_string(kind) == text) return kind;
  }
  node.fail_here("unknown kind of failure");
  return {};
}

dns::RecordType read_type(const Node& node) {
  const auto text = node.text(32);
  if (node.failed()) return {};
  std::uint16_t number = 0;  // any number: see type_text() of the encoder
  const auto [end, error] = std::from_chars(text.data() + std::min<std::size_t>(4, text.size()),
                                            text.data() + text.size(), number);
  if (text.starts_with("TYPE") && error == std::errc{} && end == text.data() + text.size()) {
    return static_cast<dns::RecordType>(number);
  }
  return node.check(dns::parse_record_type(text)).value_or(dns::RecordType{});
}

Bytes read_rdata(const Node& node) {
  node.expect_fields({"rdata"}, {"text"});
  if (node.has("text")) (void)node.at("text").text(4 * max_rdata);  // a comment for people
  const auto field = node.at("rdata");
  const auto hex = field.text(2 * max_rdata);
  if (node.failed()) return {};
  return field.check(from_hex(hex)).value_or(Bytes{});
}

dns::Alias read_alias(const Node& node) {
  node.expect_fields({"owner", "target", "ttl"});
  return {node.at("owner").name(), node.at("target").name(), node.at("ttl").seconds()};
}

dns::Signature read_signature(const Node& node) {
  node.expect_fields(
      {"owner", "covered", "signer", "algorithm", "key_tag", "labels", "inception", "expiration"});
  return {node.at("owner").name(),
          read_type(node.at("covered")),
          node.at("signer").name(),
          static_cast<std::uint8_t>(node.at("algorithm").number(255)),
          static_cast<std::uint16_t>(node.at("key_tag").number(65535)),
          static_cast<std::uint8_t>(node.at("labels").number(255)),
          node.at("inception").time(),
          node.at("expiration").time()};
}

/// The fields that every lookup has come first: name and type, or server and port before them.
enum class Place { resolver, authority };
using Names = std::vector<std::string_view>;

void expect_lookup_fields(const Node& node, Place place, std::string_view outcome) {
  Names names{"name", "type", "outcome"};
  Names optional;
  const auto add = [&](const Names& more) { names.insert(names.end(), more.begin(), more.end()); };
  if (place == Place::authority) add({"server", "port"});
  if (outcome == "found") {
    add({"security", "ttl", "canonical_name", "aliases", "records", "signatures", "message_size"});
  } else if (outcome == "absent") {
    add({"security", "negative_ttl", "name_exists"});
    optional = {"alias_target"};
  } else {
    add({"kind", "what", "where", "remedy"});
  }
  node.expect_fields(names, optional);
}

Found<dns::Answer> read_found(const Node& node) {
  Found<dns::Answer> out;
  out.security = read_security(node.at("security"));
  out.ttl = node.at("ttl").seconds();
  out.value.canonical_name = node.at("canonical_name").name();
  node.at("aliases").each(1000, [&](const Node& n) { out.value.aliases.push_back(read_alias(n)); });
  const auto records = node.at("records");
  records.each(max_rdata, [&](const Node& n) { out.value.rdata.push_back(read_rdata(n)); });
  if (out.value.rdata.empty()) records.fail_here("\"found\" needs at least one record");
  node.at("signatures").each(max_rdata, [&](const Node& n) {
    out.value.signatures.push_back(read_signature(n));
  });
  out.value.message_size = node.at("message_size").number(UINT32_MAX);
  return out;
}

dns::LookupOutcome read_lookup_outcome(const Node& node, Place place) {
  const auto field = node.at("outcome");
  const auto outcome = field.text(32);
  if (outcome != "found" && outcome != "absent" && outcome != "failed") {
    field.fail_here("\"found\", \"absent\" or \"failed\" is expected");
  }
  if (node.failed()) return Failed{};
  expect_lookup_fields(node, place, outcome);
  if (outcome == "found") return read_found(node);
  if (outcome == "absent") {
    Absent none{node.at("negative_ttl").seconds(), read_security(node.at("security")),
                node.at("name_exists").boolean()};
    if (node.has("alias_target")) none.alias_target = node.at("alias_target").name();
    return none;
  }
  return Failed{read_failure_kind(node.at("kind")), node.at("what").text(max_text),
                node.at("where").text(max_text), node.at("remedy").text(max_text)};
}

dns::Question read_question(const Node& node) {
  return {node.at("name").name(), read_type(node.at("type"))};
}

void read_schema(const Node& root) {
  if (root.has("schema") && root.at("schema").text() == "dane-evidence/1") return;
  root.fail_here("this is not a dane-evidence/1 file", "evidence-schema");
}

Evidence read_evidence(const Node& root) {
  Evidence out;
  read_schema(root);
  root.expect_fields({"schema", "tool", "tool_version", "saved_at", "evaluated_at", "request",
                      "lookups", "authorities", "probes", "certificates"});
  out.tool = root.at("tool").text();
  out.tool_version = root.at("tool_version").text();
  out.saved_at = root.at("saved_at").time();
  out.evaluated_at = root.at("evaluated_at").time();
  out.request = root.at("request").object_text();
  if (out.request == "{}") out.request.clear();
  root.at("lookups").each(max_entries, [&](const Node& n) {
    const auto question = read_question(n);
    const auto outcome = read_lookup_outcome(n, Place::resolver);
    if (!out.lookups.emplace(question, outcome).second) {
      n.fail_here("the same question appears twice");
    }
  });
  root.at("authorities").each(max_entries, [&](const Node& n) {
    const Endpoint server = read_endpoint(n.at("server"), n.at("port"));
    const AuthorityQuestion question{server, read_question(n)};
    const auto outcome = read_lookup_outcome(n, Place::authority);
    if (!out.authorities.emplace(question, outcome).second) {
      n.fail_here("the same question to the same server appears twice");
    }
  });
  const auto certificates = read_certificates(root.at("certificates"));
  root.at("probes").each(max_entries, [&](const Node& n) {
    const auto request = read_request(n.at("request"));
    const auto result = read_probe_result(n, request, certificates);
    if (!out.probes.emplace(request, result).second) n.fail_here("the same probe appears twice");
  });
  return out;
}
}  // namespace

Result<Evidence> decode(std::string_view text, std::string_view where) {
  const auto json = parse_json(text, where);
  if (!json) return tl::unexpected(json.error());
  Problem problem{std::nullopt, std::string(where)};
  auto evidence = read_evidence(Node(*json, problem));
  if (!problem.error) return evidence;
  problem.error->remedy = "record it again with --save, or see dane-evidence(5)";
  return tl::unexpected(*problem.error);
}

}  // namespace dane::evidence
