#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "dane/core/text.hpp"
#include "dane/postfix/effective_policy.hpp"

#include "libdane/postfix/dane_level.hpp"
#include "libdane/postfix/log_lines.hpp"
#include "libdane/postfix/words.hpp"

namespace dane::postfix {
namespace {

constexpr std::string_view policy_maps_parameter = "smtp_tls_policy_maps";
constexpr std::string_view per_site_parameter = "smtp_tls_per_site";
constexpr std::string_view next_hop_class = "next-hop destination";

void refuse(SiteChoice& choice, Refused refusal, std::string warning, EntryFault fault) {
  choice.dsn = std::move(refusal.dsn);
  choice.text = std::move(refusal.text);
  choice.warnings.push_back(std::move(warning));
  choice.fault = std::move(fault);
}

/// A fatal error: the delivery agent ends, and the queue manager defers the mail with these words.
Refused dead_agent() {
  return {"4.3.0", "unknown mail transport error"};
}

void note_lookup_error(SiteChoice& choice, std::string_view maps, std::string_view key,
                       const TableError& error) {
  for (const auto& warning : error.warnings) choice.warnings.push_back(warning_line(warning));
  if (error.is_empty_result) return;
  const auto names = parse_map_names(maps);
  const std::string map = !error.map.empty()  ? error.map
                          : names.size() == 1 ? names[0].to_string()
                                              : "";
  if (map.empty()) return;  // which of several failed cannot be told
  if (!error.unavailable.empty()) {
    choice.opening.push_back("error: " + printable(error.unavailable));
    choice.warnings.push_back(warning_line(
        fmt::format("{} is unavailable. {}", printable(map), printable(error.unavailable))));
  }
  choice.warnings.push_back(
      warning_line(fmt::format("{} lookup error for \"{}\"", printable(map), printable(key))));
}

/// A table has to find something or nothing: to find an empty text is an error.
TableAnswer refuse_empty(TableAnswer answer, std::string_view parameter, std::string_view key) {
  const auto* const hit = std::get_if<TableHit>(&answer);
  if (hit == nullptr || !hit->row.value.empty()) return answer;
  TableError error{.what = fmt::format("the result for \"{}\" is empty", printable(key))};
  error.warnings = {
      fmt::format("{} lookup of {} returns an empty string result", parameter, printable(key)),
      fmt::format("{} should return NO RESULT in case of NOT FOUND", parameter)};
  error.is_empty_result = true;
  return error;
}

/// No word of Postfix's, for it may well be able to read the table.
void leave_open(SiteChoice& choice, const TableError& error) {
  choice.unknown = true;
  choice.fault = EntryFault{printable(error.what), {}, false, {}};
}

SiteChoice from_main_cf(const Settings& settings) {
  const GlobalLevel global = global_level(settings);
  SiteChoice choice;
  choice.level = global.level;
  choice.source = LevelSource::main_cf;
  choice.parameter = global.source;
  choice.entry.level = global.level;
  choice.never_starts = never_starts(settings);
  if (!choice.never_starts) return choice;
  const auto said = settings.last_words.empty() ? *global.fatal : settings.last_words;
  auto lines = split(said, "\n");
  const std::string last(lines.back());
  lines.pop_back();
  for (const auto line : lines) choice.warnings.push_back(warning_line(line));
  refuse(choice, {}, "fatal: " + last,
         {last, global.source, false, "correct the parameter in main.cf"});
  return choice;
}

/// TLS-Required: no looks up nothing, and asks for no more than an attempt at TLS.
void limit_level(SiteChoice& choice, const Settings& settings) {
  const Level limit = settings.wrappermode ? Level::encrypt : Level::may;
  choice.level = choice.entry.level = std::min(choice.level, limit);
  choice.source = LevelSource::tls_required_no;
}

class PolicyMaps {
 public:
  PolicyMaps(const Destination& destination, const Settings& settings, const TableLookup& lookup)
      : settings_(settings), features_(features_of(settings.version)) {
    answer_ = search_table(destination.text, [&](const std::string& key) {
      key_ = key;
      return refuse_empty(lookup(key), policy_maps_parameter, key);
    });
  }

  void apply(SiteChoice& choice) {
    if (std::holds_alternative<TableMiss>(answer_)) return;
    choice.source = LevelSource::policy_table;
    choice.parameter = policy_maps_parameter;
    if (const auto* error = std::get_if<TableError>(&answer_)) {
      if (error->only_here) return leave_open(choice, *error);
      note_lookup_error(choice, settings_.policy_maps, key_, *error);
      refuse(choice, configuration_problem(features_), complain("policy table lookup error"),
             {"policy table lookup error",
              {},
              false,
              "make the table readable: " + printable(error->what)});
      return;
    }
    choice.row = std::get<TableHit>(answer_).row;
    const ParsedEntry parsed = parse_policy(choice.row->value, settings_.version);
    for (const auto& note : parsed.notes) choice.warnings.push_back(complain(note));
    if (const auto* fault = std::get_if<EntryFault>(&parsed.outcome)) {
      refuse(choice, configuration_problem(features_), complain(fault->warning), *fault);
      return;
    }
    choice.entry = std::get<PolicyEntry>(parsed.outcome);
    choice.level = choice.entry.level;
  }

 private:
  [[nodiscard]] std::string complain(std::string_view what) const {
    const auto* hit = std::get_if<TableHit>(&answer_);
    const std::string title = !features_.policy_checked_before_connect ? "TLS policy table"
                              : hit != nullptr && !hit->title.empty()
                                  ? hit->title
                                  : std::string(policy_maps_parameter);
    return warning_line(
        fmt::format("{}, {} \"{}\": {}", title, next_hop_class, printable(key_), what));
  }

  const Settings& settings_;
  const Features features_;
  std::string key_;  ///< the last that was looked up
  TableAnswer answer_;
};

/// smtp_tls_per_site: next-hop and host name count alike, and each has one lookup.
class PerSite {
 public:
  PerSite(const Settings& settings, const TableLookup& lookup)
      : settings_(settings), lookup_(lookup), features_(features_of(settings.version)) {}

  void apply(SiteChoice& choice, const Destination& destination, const std::string& hostname) {
    look_up(choice, destination.text, next_hop_class);
    if (!choice.fault && !same_word(destination.text, hostname))
      look_up(choice, hostname, "server hostname");
    if (!level_ || choice.fault) return;
    if (*level_ == Level::may && choice.level > Level::may) return;  // main.cf's is more specific
    choice.level = choice.entry.level = *level_;
    choice.source = LevelSource::per_site;
    choice.parameter = per_site_parameter;
  }

 private:
  void look_up(SiteChoice& choice, const std::string& name, std::string_view name_class) {
    const TableAnswer answer = refuse_empty(lookup_(name), per_site_parameter, name);
    if (const auto* error = std::get_if<TableError>(&answer)) {
      refuse_lookup(choice, name, name_class, *error);
    } else if (const auto* hit = std::get_if<TableHit>(&answer)) {
      choice.row = hit->row;
      take(choice, hit->row.value, name, name_class);
    }
  }

  /// NONE beats MAY and nothing at all, MAY only nothing at all; else the stronger level counts.
  void take(SiteChoice& choice, const std::string& value, const std::string& name,
            std::string_view name_class) {
    if (same_word(value, "NONE")) {
      if (!level_ || *level_ <= Level::may) level_ = Level::none;
    } else if (same_word(value, "MAY")) {
      if (!level_) level_ = Level::may;
    } else if (same_word(value, "MUST_NOPEERMATCH")) {
      level_ = std::max(level_.value_or(Level::none), Level::encrypt);
    } else if (same_word(value, "MUST")) {
      level_ = std::max(level_.value_or(Level::none), Level::verify);
    } else {
      complain_of_value(choice, value, name, name_class);
    }
  }

  void complain_of_value(SiteChoice& choice, const std::string& value, const std::string& name,
                         std::string_view name_class) const {
    const std::string what = fmt::format("unknown TLS policy '{}' for {} {}", printable(value),
                                         name_class, printable(name));
    if (!features_.policy_checked_before_connect) {
      choice.warnings.push_back(
          warning_line(fmt::format("Table {}: ignoring {}", printable(settings_.per_site), what)));
      return;
    }
    choice.source = LevelSource::per_site;
    choice.parameter = per_site_parameter;
    refuse(choice, configuration_problem(features_),
           warning_line(fmt::format("{}: {}", per_site_parameter, what)),
           {what, printable(value), false, "use NONE, MAY, MUST_NOPEERMATCH or MUST"});
  }

  void refuse_lookup(SiteChoice& choice, const std::string& name, std::string_view name_class,
                     const TableError& error) const {
    const std::string remedy = "make the table readable: " + printable(error.what);
    choice.source = LevelSource::per_site;
    choice.parameter = per_site_parameter;
    if (error.only_here) return leave_open(choice, error);
    if (!features_.policy_checked_before_connect) {
      const std::string what =
          fmt::format("{} lookup error for {}", per_site_parameter, printable(name));
      refuse(choice, dead_agent(), "fatal: " + what, {what, {}, false, remedy});
      return;
    }
    const std::string what = "per-site table lookup error";
    note_lookup_error(choice, settings_.per_site, name, error);
    refuse(choice, {"4.3.0", "Temporary lookup error"},
           warning_line(fmt::format("{}: {} \"{}\": {}", per_site_parameter, name_class,
                                    printable(name), what)),
           {what, {}, false, remedy});
  }

  const Settings& settings_;
  const TableLookup& lookup_;
  const Features features_;
  std::optional<Level> level_;
};

}  // namespace

std::string to_string(LevelSource source) {
  switch (source) {
    case LevelSource::policy_table:
      return "policy-table";
    case LevelSource::per_site:
      return "per-site";
    case LevelSource::main_cf:
      return "main.cf";
    case LevelSource::tls_required_no:
      return "tls-required-no";
    case LevelSource::command_line:
      return "command-line";
  }
  return "unknown";
}

bool never_starts(const Settings& settings) {
  return !settings.last_words.empty() || global_level(settings).fatal;
}

SiteChoice choose_site_policy(const Destination& destination, const std::string& hostname,
                              const Settings& settings, const TableLookup& policy_maps,
                              const TableLookup& per_site, bool tls_required_no) {
  SiteChoice choice = from_main_cf(settings);
  if (choice.fault) return choice;
  if (tls_required_no && features_of(settings.version).tls_required_header)
    limit_level(choice, settings);
  else if (!settings.policy_maps.empty())
    PolicyMaps(destination, settings, policy_maps).apply(choice);
  else if (!settings.per_site.empty())
    PerSite(settings, per_site).apply(choice, destination, hostname);
  return choice;
}

}  // namespace dane::postfix
