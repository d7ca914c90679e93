// `inferometer report`: every format again, from the record.
#pragma once

#include <string>

#include "cli/command.h"
#include "cli/outputs.h"

namespace inferometer::cli {

struct ReportArguments {
  std::string experiment = "last";  ///< an id, the beginning of one, "last" or a path
  Outputs outputs;
  std::string consolidated;  ///< folder of a suite's results, instead of an experiment; empty: none
};

void add_flags(CLI::App& app, ReportArguments& arguments);
Run add_report(CLI::App& app, const Invocation& invocation);

/// Exit 4 when the record is damaged; the report is then made of the lines that are whole.
int run_report(const ReportArguments& arguments);

}  // namespace inferometer::cli
