#include "cli/carry_out.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <memory>

#include "analysis/analysis.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/progress.h"
#include "cli/workbench.h"
#include "machine/machine.h"
#include "measure/experiment_run.h"
#include "process/process.h"
#include "report/report.h"
#include "store/store.h"

namespace inferometer::cli {
namespace {

using base::UserError;

constexpr auto kLockPatience = std::chrono::hours(1);
constexpr auto kFirstWatch = std::chrono::milliseconds(500);

void say(const std::string& sentence) { std::fputs((sentence + "\n").c_str(), stderr); }

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

/// Opens the record and what it already holds.
std::unique_ptr<store::Writer> open_record(const Job& job, results::Experiment& experiment) {
  experiment.environment = machine::read_environment();
  experiment.plan = job.plan;
  if (job.resumed_record.empty()) {
    experiment.id = base::random_id();
    experiment.title = job.title;
    experiment.started_utc = utc_now();
    return store::Writer::create(store::record_folder(), {experiment.id, experiment.title, experiment.started_utc, experiment.plan, experiment.environment});
  }
  std::vector<std::string> told;
  auto writer = store::Writer::resume(job.resumed_record, told);
  for (const auto& sentence : told) say(sentence);
  const auto now = experiment.environment;
  experiment = store::read(job.resumed_record);
  if (!now.same_class(experiment.environment)) {
    throw UserError("the machine or its software is not the one that experiment " + experiment.id.substr(0, 8) + " ran on: start a new experiment");
  }
  say(fmt::format("resuming {}: {} load sets kept", experiment.id.substr(0, 8), experiment.load_sets.size()));
  return writer;
}

void print_report(const Job& job, const results::Experiment& experiment, const std::filesystem::path& record) {
  const auto analysis = analysis::analyse(experiment);
  const report::Input input{experiment, analysis};
  const report::Style style{colour_wanted(job.colour, STDOUT_FILENO), terminal_width(STDOUT_FILENO)};
  std::fputs(report::format(job.format).print(input, style).c_str(), stdout);
  std::fflush(stdout);
  const std::filesystem::path folder =
      job.output.empty() ? base::state_folder() / "reports" / experiment.id.substr(0, 8) : std::filesystem::path(job.output);
  base::require_writable_folder(folder);
  const report::Style plain{false, 100};
  for (const auto& format : report::formats()) {
    const std::string name = format.name;
    if (name != "md" && name != "json") continue;
    base::write_file_atomically(folder / format.file_name, format.print(input, plain));
    say("wrote  " + (folder / format.file_name).string());
  }
  for (const auto& text : job.exports) {
    const auto equals = text.find('=');
    base::write_file_atomically(text.substr(equals + 1), report::format(text.substr(0, equals)).print(input, plain));
    say("wrote  " + text.substr(equals + 1));
  }
  say("record " + record.string());
  say("again  inferometer report " + experiment.id.substr(0, 8));
}

int exit_code_of(const results::Experiment& experiment) {
  if (experiment.interrupted) return base::kExitInterrupted;
  for (const auto& outcome : experiment.outcomes) {
    if (!outcome.outcome.ok()) return base::kExitCandidateFailed;
  }
  for (const auto& check : experiment.truth_checks) {
    if (!check.passed) return base::kExitCandidateFailed;
  }
  for (const auto& stop : experiment.stops) {
    for (const auto& [candidate, verdict] : stop.verdicts) {
      if (verdict == results::VerdictKind::Invalid) return base::kExitCannotTell;
    }
  }
  return base::kExitOk;
}

}  // namespace

results::Effort effort_of(const std::string& mode) {
  using results::Mode;
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (mode == "quick") return {.mode = Mode::Quick, .warm_up_runs = 5, .timed_runs = 20, .repeats = 1, .budget_ns = 30 * kSecond};
  if (mode == "standard") return {.mode = Mode::Standard, .warm_up_runs = 30, .timed_runs = 100, .repeats = 3, .budget_ns = 180 * kSecond};
  if (mode == "full") return {.mode = Mode::Full, .warm_up_runs = 50, .timed_runs = 200, .repeats = 5, .margin = 0.01, .budget_ns = 900 * kSecond};
  const std::vector<std::string> modes = {"quick", "standard", "full"};
  throw UserError("--mode: " + base::unknown_word("mode", mode, modes));
}

void count_cpus(suite::Request& request) {
  measure::MachineSurroundings surroundings;
  request.cpus = static_cast<int>(surroundings.cpus().size());
  const double others = surroundings.watch(kFirstWatch).busy_cpus;
  // The same tenth of a CPU of background work that the gate for several threads allows.
  request.free_cpus = std::clamp(static_cast<int>(std::floor(request.cpus - others + 0.1)), 1, request.cpus);
}

Measured measure_job(const Job& job, const Workbench& workbench) {
  const machine::MeasurementLock lock(kLockPatience, say);
  results::Experiment experiment;
  const auto writer = open_record(job, experiment);
  if (job.resumed_record.empty()) {
    for (const auto& preparation : workbench.preparations()) {
      writer->keep(preparation);
      experiment.preparations.push_back(preparation);
    }
  }
  say(fmt::format("experiment {}  seed {}  threads: {}", experiment.id.substr(0, 8), experiment.plan.seed, experiment.plan.threads_reason));
  {
    ProgressLine progress(job.progress, experiment.plan.groups.size());
    base::SystemClock clock;
    measure::MachineSurroundings surroundings;
    const auto launcher = workbench.launcher();
    const measure::Context context{*launcher, surroundings, clock, *writer, progress};
    try {
      measure::ExperimentRun(context, workbench.request(), experiment).run();
      writer->end();
      experiment.ended = true;
    } catch (const process::Interrupted&) {
      writer->interrupted();
      experiment.interrupted = true;
      progress.say("interrupted: what was finished is kept; go on with  inferometer compare --resume " + experiment.id.substr(0, 8));
    }
  }
  return {std::move(experiment), writer->file()};
}

int carry_out(const Job& job, const Workbench& workbench) {
  const auto measured = measure_job(job, workbench);
  print_report(job, measured.experiment, measured.record);
  return exit_code_of(measured.experiment);
}

}  // namespace inferometer::cli
