// All experiments of a suite on one page and in one table. Deterministic: the same records and the same state
// of the suite are the same bytes.
#pragma once

#include <string>
#include <vector>

#include "report/report.h"

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

/// consolidated_report.md
std::string print_consolidated(const Suite& suite);
/// all_results.csv: the rows of every part, the folder of the part first.
std::string print_all_results(const Suite& suite);
/// bert_comparison.csv: the same of the parts with the set `bert`.
std::string print_bert_comparison(const Suite& suite);

}  // namespace inferometer::report
