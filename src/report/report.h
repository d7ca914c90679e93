// Printers. They format what analysis computed and compute nothing.
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
  const char* set;  ///< Plan::set that the format tells of; "": of every experiment
  std::string (*print)(const Input&, const Style&);
};
/// The format can print an experiment of this Plan::set.
bool tells_of(const Format& format, const std::string& set);
const std::vector<Format>& formats();
/// Throws base::UserError with the known formats.
const Format& format(const std::string& name);

}  // namespace inferometer::report
