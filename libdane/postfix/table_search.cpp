#include "dane/postfix/policy_table.hpp"

namespace dane::postfix {

TableAnswer search_table(std::string_view nexthop, const TableLookup& lookup) {
  for (const auto& key : lookup_keys(nexthop)) {
    auto answer = lookup(key);
    if (!std::holds_alternative<TableMiss>(answer)) return answer;
  }
  return TableMiss{};
}

}  // namespace dane::postfix
