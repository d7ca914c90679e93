#include "report/suite_files.h"

#include "report/guides/guides.h"
#include "report/markdown/consolidated.h"
#include "report/tables/rows.h"

namespace inferometer::report {
namespace {

/// The rows of every part.
std::string print_all_results(const Suite& suite) {
  return csv_of(suite_rows(suite, [](const SuitePart&) { return true; }));
}

std::vector<SuiteFile> all_files() {
  std::vector<SuiteFile> files = {{"consolidated_report.md", print_consolidated},
                                  {"all_results.csv", print_all_results}};
  for (const auto& guide : guides())
    files.insert(files.end(), guide.suite_files.begin(), guide.suite_files.end());
  return files;
}

}  // namespace

const std::vector<SuiteFile>& suite_files() {
  static const std::vector<SuiteFile> files = all_files();
  return files;
}

}  // namespace inferometer::report
