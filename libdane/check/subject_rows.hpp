/// \file  Values -> rows of the report.
#pragma once

#include "dane/report/report.hpp"

#include "libdane/check/findings.hpp"
#include "libdane/check/service.hpp"

namespace dane::check {

[[nodiscard]] std::vector<report::TlsaRow> tlsa_rows(const Service& service,
                                                     const std::vector<verify::RecordFate>& fates);
/// \param judged  false: no records to judge by.
[[nodiscard]] report::ChainRow chain_row(const ChainCase& seen, bool judged);
[[nodiscard]] report::Subject host_subject(const HostView& view, const Service& service);

/// Zone lines for Subject::recommended: what to add for the chains that are refused; a whole set
/// where no usable record stands; nothing where all is in order, or where `findings` ask for
/// something else than more records.
[[nodiscard]] std::vector<std::string> recommended_lines(const Service& service,
                                                         smtp::HostOutcome outcome,
                                                         const Findings& findings);

}  // namespace dane::check
