/// \file  A report in JSON against vectors/schema/dane-report-1.json.
#pragma once

#include <string>

namespace dane::test {

/// Also breaks the document in every place and sees the schema refuse it.  \return 0 when all is as
/// it should be, 77 without python3-jsonschema.
[[nodiscard]] int check_report_schema(const std::string& json);

}  // namespace dane::test
