// All experiments of a suite's folder, read again and reported together.
#pragma once

#include <filesystem>

#include "report/core/suite.h"

namespace inferometer::cli {

struct ReadSuite {
  report::Suite suite;
  bool damaged = false;  ///< a file is damaged or of another version; what is wrong stands in the suite
};

/// Reads the state and every record below `results`. Throws base::UserError when there is neither.
ReadSuite read_suite(const std::filesystem::path& results);

/// consolidated_report.md, all_results.csv and bert_comparison.csv, the last two where they have rows.
void write_consolidated(const report::Suite& suite, const std::filesystem::path& folder);

struct ConsolidatedArguments {
  std::string results;  ///< folder of a suite
  std::string output;   ///< empty: stdout alone
};
/// `report --consolidated`: the page on stdout, the files to `output`. Returns 0, or 4 when something is
/// damaged.
int run_consolidated(const ConsolidatedArguments& arguments);

}  // namespace inferometer::cli
