// One row a candidate: as CSV for spreadsheets, as JSON lines for everything else.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "report/report.h"

namespace inferometer::report {

/// Column names with units, in order; the same columns in every row of one version.
using Row = std::vector<std::pair<std::string, base::Json>>;

/// Every candidate of every group.
std::vector<Row> rows(const Input& input);

/// RFC 4180 with a head. A text that a spreadsheet would take for a formula gets an apostrophe in front
/// (OWASP, CSV injection). Empty without rows.
std::string csv_of(const std::vector<Row>& rows);
std::string jsonl_of(const std::vector<Row>& rows);

}  // namespace inferometer::report
