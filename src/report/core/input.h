// What a printer gets, and the row that names it.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "results/experiment.h"
#include "select/select.h"

namespace inferometer::report {

/// What a printer sees.
struct Input {
  const results::Experiment& experiment;
  const analysis::Analysis& analysis;
  const std::vector<select::Advice>& advice;  ///< select::advise of the two
};

struct Style {
  bool colour = false;
  int width = 100;  ///< columns of the terminal
};

/// One row of the format table.
struct Format {
  const char* name;       ///< "table", "md", "json"
  const char* file_name;  ///< default below --output: "report.md"; "" for none
  const char* summary;
  const char* set;  ///< Plan::set of the experiments that it can print; "": every experiment
  std::string (*print)(const Input&, const Style&);
};

}  // namespace inferometer::report
