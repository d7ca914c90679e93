#include "cli/carry_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/progress.h"
#include "evaluate/fidelity.h"
#include "experiment/workbench.h"
#include "machine/machine.h"
#include "measure/experiment_run.h"
#include "process/environment.h"
#include "process/process.h"
#include "record/list.h"
#include "record/reader.h"
#include "record/writer.h"

namespace inferometer::cli {
namespace {

using base::UserError;

constexpr auto kLockPatience = std::chrono::hours(1);
constexpr auto kFirstWatch = std::chrono::milliseconds(500);

/// Opens the record and what it already holds.
std::unique_ptr<record::Writer> open_record(const Job& job, results::Experiment& experiment) {
  experiment.environment = machine::read_environment();
  experiment.environment.variables = process::inherited_engine_variables();
  experiment.plan = job.plan;
  if (job.resumed_record.empty()) {
    experiment.id = base::random_id();
    experiment.title = job.title;
    experiment.started_utc = base::utc_now();
    return record::Writer::create(
        record::record_folder(),
        {experiment.id, experiment.title, experiment.started_utc, experiment.plan, experiment.environment});
  }
  const auto now = experiment.environment;
  // Before the writer opens it: a refused resume leaves the record as it was.
  if (!now.same_class(record::read(job.resumed_record).environment)) {
    throw UserError("the machine or its software is not the one that " +
                    job.resumed_record.filename().string() + " was measured on: start a new experiment");
  }
  std::vector<std::string> told;
  auto writer = record::Writer::resume(job.resumed_record, told);
  for (const auto& sentence : told) say(sentence);
  experiment = record::read(job.resumed_record);
  say(fmt::format("resuming {}: {} load sets kept", experiment.id.substr(0, 8), experiment.load_sets.size()));
  return writer;
}

std::unique_ptr<machine::MeasurementLock> take_lock() {
  try {
    return std::make_unique<machine::MeasurementLock>(kLockPatience, say);
  } catch (const UserError&) {
    if (process::interruptions() > 0) throw process::Interrupted();
    throw;
  }
}

}  // namespace

int exit_code_of(const results::Experiment& experiment) {
  if (experiment.interrupted) return base::kExitInterrupted;
  bool never_ran = false;
  for (const auto& outcome : experiment.outcomes) {
    const bool waited_in_vain = outcome.outcome.kind == results::OutcomeKind::Interrupted;
    if (!outcome.outcome.ok() && !waited_in_vain) return base::kExitCandidateFailed;
    never_ran = never_ran || waited_in_vain;
  }
  for (const auto& check : experiment.truth_checks) {
    if (!check.passed) return base::kExitCandidateFailed;
  }
  for (const auto& stop : experiment.stops) {
    for (const auto& [candidate, verdict] : stop.verdicts) {
      if (verdict == results::VerdictKind::Invalid) return base::kExitCannotTell;
    }
  }
  return never_ran ? base::kExitCannotTell : base::kExitOk;
}

results::Effort effort_of(const std::string& mode) {
  using results::Mode;
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (mode == "quick")
    return {
        .mode = Mode::Quick, .warm_up_runs = 5, .timed_runs = 20, .repeats = 1, .budget_ns = 30 * kSecond};
  if (mode == "standard")
    return {.mode = Mode::Standard,
            .warm_up_runs = 30,
            .timed_runs = 100,
            .repeats = 3,
            .budget_ns = 180 * kSecond};
  if (mode == "full")
    return {.mode = Mode::Full,
            .warm_up_runs = 50,
            .timed_runs = 200,
            .repeats = 5,
            .margin = 0.01,
            .budget_ns = 900 * kSecond};
  const std::vector<std::string> modes = {"quick", "standard", "full"};
  throw UserError("--mode: " + base::unknown_word("mode", mode, modes));
}

void count_cpus(plan::Request& request) {
  measure::MachineSurroundings surroundings;
  request.cpus = static_cast<int>(surroundings.cpus().size());
  // Threads beyond the quota of the cgroup are throttled, and their times say nothing.
  if (const double quota = machine::read_environment().cpu_limit; quota > 0)
    request.cpus = std::clamp(static_cast<int>(std::floor(quota)), 1, request.cpus);
  const double others = surroundings.watch(kFirstWatch).busy_cpus;
  // The same tenth of a CPU of background work that the gate for several threads allows.
  request.free_cpus = std::clamp(static_cast<int>(std::floor(request.cpus - others + 0.1)), 1, request.cpus);
}

std::string why_not_resumed(const results::Plan& recorded, const results::Plan& now) {
  for (const auto& artefact : recorded.artefacts) {
    const auto found = std::find_if(now.artefacts.begin(), now.artefacts.end(),
                                    [&](const auto& one) { return one.key == artefact.key; });
    const auto what = artefact.variant + " of " + base::printable(artefact.model);
    if (found == now.artefacts.end()) return what + " cannot be made any more";
    if (found->sha256 != artefact.sha256) return what + " is another file now";
  }
  return {};
}

Measured measure_job(const Job& job, const experiment::Workbench& workbench) {
  const auto lock = take_lock();
  results::Experiment experiment;
  const auto writer = open_record(job, experiment);
  if (experiment.preparations.empty()) {
    for (const auto& preparation : workbench.preparations()) {
      writer->keep(preparation);
      experiment.preparations.push_back(preparation);
    }
  }
  say(fmt::format("experiment {}  seed {}  threads: {}", experiment.id.substr(0, 8), experiment.plan.seed,
                  experiment.plan.threads_reason));
  {
    ProgressLine progress(job.progress, experiment.plan.groups.size());
    base::SystemClock clock;
    measure::MachineSurroundings surroundings;
    const auto launcher = workbench.launcher();
    const measure::Context context{*launcher, surroundings, clock,
                                   *writer,   progress,     evaluate::judge_fidelity};
    try {
      measure::ExperimentRun(context, workbench.request(), experiment).run();
      writer->end();
      experiment.ended = true;
    } catch (const process::Interrupted&) {
      writer->interrupted();
      experiment.interrupted = true;
      const auto resume_command = job.resume_command.empty()
                                      ? "inferometer compare --resume " + experiment.id.substr(0, 8)
                                      : job.resume_command;
      progress.say("interrupted: what was finished is kept; go on with  " + resume_command);
    }
  }
  return {std::move(experiment), writer->file()};
}

int carry_out(const Job& job, const experiment::Workbench& workbench) {
  check_set(job.outputs, job.plan.set);
  const auto measured = measure_job(job, workbench);
  auto outputs = job.outputs;
  const auto short_id = measured.experiment.id.substr(0, 8);
  if (outputs.output.empty()) outputs.output = base::state_folder() / "reports" / short_id;
  check_outputs(outputs);
  write_outputs(outputs, measured.experiment);
  say("record " + measured.record.string());
  say("again  inferometer report " + short_id);
  return exit_code_of(measured.experiment);
}

}  // namespace inferometer::cli
