#include "libdane/evidence/json_input.hpp"

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::evidence {

namespace {
/// Reads the text once without building anything and stops at what must not be built.
class Guard : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::string code, problem;

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }

  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (keys_.back().insert(name).second) return true;
    return stop("evidence-not-json",
                fmt::format("the field \"{}\" appears twice in one object", printable(name, 64)));
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // 406 is a number that does not fit; the rest are of syntax.
    return stop("evidence-not-json", error.id == 406
                                         ? std::string("a number is out of range")
                                         : fmt::format("not JSON: error at octet {}", position));
  }

 private:
  bool count() {
    return ++values_ <= max_values ||
           stop("evidence-too-large", fmt::format("more than {} values", max_values));
  }
  bool open() {
    keys_.emplace_back();
    if (keys_.size() > max_depth) {
      return stop("evidence-too-large", fmt::format("nested deeper than {} levels", max_depth));
    }
    return count();
  }
  bool close() {
    keys_.pop_back();
    return true;
  }
  bool stop(std::string with_code, std::string with_problem) {
    code = std::move(with_code);
    problem = std::move(with_problem);
    return false;
  }

  std::vector<std::set<std::string>> keys_;
  std::size_t values_ = 0;
};
}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view where) {
  if (text.size() > max_file_octets) {
    return fail("evidence-too-large", fmt::format("more than {} MiB", max_file_octets >> 20U),
                std::string(where));
  }
  Guard guard;
  if (!nlohmann::json::sax_parse(text, &guard)) {
    return fail(guard.code, guard.problem, std::string(where),
                guard.code == "evidence-not-json" ? "give a file that --save has written" : "");
  }
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return fail("evidence-not-json", "not JSON", std::string(where));
  return json;
}

Result<Json> parse_request(std::string_view text) {
  if (text.empty()) return Json::object();
  auto json = parse_json(text, "request");
  if (json && !json->is_object()) {
    return fail("evidence-invalid", "the request is not a JSON object", "request");
  }
  return json;
}

}  // namespace dane::evidence
