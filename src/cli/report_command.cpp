#include "cli/report_command.h"

#include <cstdio>

#include "base/error.h"
#include "base/text.h"
#include "store/store.h"

namespace inferometer::cli {

int run_report(const ReportArguments& arguments) {
  check_outputs(arguments.outputs);
  const auto experiment = store::read(store::find(store::record_folder(), arguments.experiment));
  write_outputs(arguments.outputs, experiment);
  if (experiment.damage.empty()) return base::kExitOk;
  std::fputs("the record is damaged; the report is made of the lines that are whole:\n", stderr);
  for (const auto& damage : experiment.damage)
    std::fputs(("  " + base::printable(damage) + "\n").c_str(), stderr);
  return base::kExitRecord;
}

}  // namespace inferometer::cli
