#include "cli/report.h"

#include <cstdio>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "cli/flags.h"
#include "cli/suite_reports.h"
#include "record/list.h"
#include "record/reader.h"

namespace inferometer::cli {

void add_flags(CLI::App& app, ReportArguments& arguments) {
  auto* experiment =
      app.add_option("EXPERIMENT", arguments.experiment, "an id, the beginning of one, last or a path")
          ->capture_default_str();
  add_outputs(app, arguments.outputs, "none");
  app.add_option(
         "--consolidated", arguments.consolidated,
         "instead: all experiments of a suite, from the folder of its results; Markdown on stdout, and "
         "with --output consolidated_report.md, all_results.csv, bert_comparison.csv")
      ->excludes(experiment)
      ->excludes("-o")
      ->excludes("--export");
  app.footer(
      "examples:\n  inferometer report\n  inferometer report last -o md\n  inferometer report 3f9a --export "
      "json=x.json --output ./results\n  inferometer report --consolidated "
      "./results/full_benchmark_20260101_120000 --output ./new_report\n");
}

Run add_report(CLI::App& app, const Invocation&) {
  const auto arguments = std::make_shared<ReportArguments>();
  add_flags(app, *arguments);
  return [arguments] { return run_report(*arguments); };
}

int run_report(const ReportArguments& arguments) {
  if (!arguments.consolidated.empty())
    return run_consolidated(arguments.consolidated, arguments.outputs.files.folder);
  check_outputs(arguments.outputs.files);
  const auto experiment = record::read(record::find(record::record_folder(), arguments.experiment));
  write_outputs(arguments.outputs, experiment);
  if (experiment.damage.empty()) return base::kExitOk;
  std::fputs("the record is damaged; the report is made of the lines that are whole:\n", stderr);
  for (const auto& damage : experiment.damage)
    std::fputs(("  " + base::printable(damage) + "\n").c_str(), stderr);
  return base::kExitRecord;
}

}  // namespace inferometer::cli
