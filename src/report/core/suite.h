// All experiments of a suite, as the printers of its files see them.
#pragma once

#include <string>
#include <vector>

#include "report/core/input.h"

namespace inferometer::report {

/// One experiment of a suite, or why there is none.
struct SuitePart {
  std::string folder;   ///< below that of the results: "bert_comparison/bert_base"
  std::string problem;  ///< why there is no record, or what is wrong with it; empty: nothing
  bool has_record = false;
  results::Experiment experiment;
  analysis::Analysis analysis;
  std::vector<select::Advice> advice;
};

struct Suite {
  std::string command;  ///< empty: not known
  std::string started_utc;
  std::vector<std::string> problems;  ///< of the folder as a whole
  std::vector<SuitePart> parts;
};

/// One file about a whole suite. Deterministic: the same records and the same state of the suite are the same
/// bytes. Empty text: there is nothing to write.
struct SuiteFile {
  const char* name;  ///< "consolidated_report.md"
  std::string (*print)(const Suite&);
};

}  // namespace inferometer::report
