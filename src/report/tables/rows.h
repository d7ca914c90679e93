// One row a candidate: as CSV for spreadsheets, as JSON lines for everything else.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "report/core/input.h"
#include "report/core/suite.h"

namespace inferometer::report {

/// Column names with units, in order; the same columns in every row of one version.
using Row = std::vector<std::pair<std::string, base::Json>>;

/// Every candidate of every group.
std::vector<Row> rows(const Input& input);
/// The same of every part with a record for which `wanted` holds, the folder of the part first.
std::vector<Row> suite_rows(const Suite& suite, const std::function<bool(const SuitePart&)>& wanted);

/// RFC 4180 with a head. A text that a spreadsheet would take for a formula gets an apostrophe in front
/// (OWASP, CSV injection). Empty without rows.
std::string csv_of(const std::vector<Row>& rows);
std::string jsonl_of(const std::vector<Row>& rows);

std::string print_csv(const Input& input, const Style& style);
std::string print_jsonl(const Input& input, const Style& style);

}  // namespace inferometer::report
