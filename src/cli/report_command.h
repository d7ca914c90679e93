// `inferometer report`: every format again, from the record.
#pragma once

#include <string>

#include "cli/outputs.h"

namespace inferometer::cli {

struct ReportArguments {
  std::string experiment = "last";  ///< an id, the beginning of one, "last" or a path
  Outputs outputs;
};

/// Exit 4 when the record is damaged; the report is then made of the lines that are whole.
int run_report(const ReportArguments& arguments);

}  // namespace inferometer::cli
