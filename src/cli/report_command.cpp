#include "cli/report_command.h"

#include <cstdio>

#include "base/error.h"
#include "base/text.h"
#include "record/list.h"
#include "record/reader.h"

namespace inferometer::cli {

int run_report(const ReportArguments& arguments) {
  check_outputs(arguments.outputs);
  const auto experiment = record::read(record::find(record::record_folder(), arguments.experiment));
  write_outputs(arguments.outputs, experiment);
  if (experiment.damage.empty()) return base::kExitOk;
  std::fputs("the record is damaged; the report is made of the lines that are whole:\n", stderr);
  for (const auto& damage : experiment.damage)
    std::fputs(("  " + base::printable(damage) + "\n").c_str(), stderr);
  return base::kExitRecord;
}

}  // namespace inferometer::cli
