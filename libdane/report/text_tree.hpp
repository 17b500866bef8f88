/// \file  The middle of the text report: domain, hosts, records, addresses, certificates. Internal.
#pragma once

#include <cstddef>

#include "dane/report/report.hpp"

#include "libdane/report/writer.hpp"

namespace dane::report {

/// Where a block below a host begins, and the rows of it; columns from 0.
inline constexpr std::size_t block_column = 4, row_column = 6;

void write_domain_heading(Writer& out, const DomainRow& row);

/// One host with its records, addresses and certificates.
/// \param at  time of evaluation, to say what has expired.
void write_subject(Writer& out, const Subject& subject, TimePoint at, const RenderOptions& options);

/// The certificates that were presented, each chain once however many addresses present it.
void write_certificates(Writer& out, const Subject& subject, TimePoint at,
                        const RenderOptions& options);

}  // namespace dane::report
