// Printers. They format what analysis computed and compute nothing.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "results/experiment.h"

namespace inferometer::report {

/// What a printer sees.
struct Input {
  const results::Experiment& experiment;
  const analysis::Analysis& analysis;
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
  std::string (*print)(const Input&, const Style&);
};
const std::vector<Format>& formats();
/// Throws base::UserError with the known formats.
const Format& format(const std::string& name);

}  // namespace inferometer::report
