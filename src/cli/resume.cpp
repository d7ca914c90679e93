#include "cli/resume.h"

#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "campaign/folder.h"
#include "cli/ended.h"
#include "cli/flags.h"
#include "cli/progress.h"
#include "cli/suite.h"
#include "experiment/experiment.h"
#include "experiment/old_records.h"
#include "record/list.h"
#include "record/reader.h"

namespace inferometer::cli {
namespace {

namespace fs = std::filesystem;

bool names_outputs(const Outputs& outputs) {
  const Outputs none;
  return !outputs.files.folder.empty() || !outputs.files.exports.empty() ||
         outputs.files.format != none.files.format;
}

/// Relative paths of models start where the command was given.
void enter(const std::string& folder) {
  std::error_code error;
  fs::current_path(folder, error);
  if (!error) return;
  throw base::UserError(
      base::printable(folder) +
      ": the experiment was started there, and its paths may be relative to it: " + error.message());
}

int resume_part_of_suite(const results::Plan& plan, const ResumeArguments& arguments) {
  if (names_outputs(arguments.outputs)) {
    throw base::UserError(
        "a suite writes its reports into the folder of its results: leave --output, -o and "
        "--export out");
  }
  say("part of a suite: going on with  inferometer resume " + base::shell_word(plan.suite_folder));
  return resume_suite(plan.suite_folder, arguments.progress);
}

}  // namespace

void add_flags(CLI::App& app, ResumeArguments& arguments) {
  app.add_option("WHAT", arguments.what,
                 "id of an experiment, the beginning of one, the path of its record, the folder of a suite's "
                 "results, or last")
      ->capture_default_str();
  add_outputs(app, arguments.outputs, "as the experiment was started with");
  add_progress(app, arguments.progress);
  app.footer(
      "examples:\n  inferometer resume\n  inferometer resume 3f9a --export json=x.json\n  inferometer resume "
      "./results/full_benchmark_20260101_120000\n");
}

Run add_resume(CLI::App& app, const Invocation&) {
  const auto arguments = std::make_shared<ResumeArguments>();
  add_flags(app, *arguments);
  return [arguments] { return run_resume(*arguments); };
}

int run_resume(const ResumeArguments& arguments) {
  if (fs::is_directory(arguments.what)) {
    results::Plan plan;
    plan.suite_folder = arguments.what;
    return resume_part_of_suite(plan, arguments);
  }
  const auto record = fs::absolute(record::find(record::record_folder(), arguments.what));
  auto plan = record::read(record).plan;
  experiment::fill_from_arguments(plan);
  if (!plan.suite.empty()) return resume_part_of_suite(plan, arguments);
  auto outputs = arguments.outputs;
  outputs.files = absolute(names_outputs(outputs) ? outputs.files : plan.reports);
  check_outputs(outputs.files);
  if (!plan.folder.empty()) enter(plan.folder);
  const experiment::Installation installation;
  ProgressLine progress(arguments.progress);
  return report_ended(experiment::resume({record}, {installation, progress}), outputs);
}

}  // namespace inferometer::cli
