#include "experiment/recorded_run.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "evaluate/fidelity.h"
#include "machine/machine.h"
#include "measure/surroundings.h"
#include "process/process.h"
#include "record/list.h"
#include "record/reader.h"
#include "record/writer.h"

namespace inferometer::experiment {
namespace {

constexpr auto kLongestWaitForLock = std::chrono::hours(1);

std::unique_ptr<machine::MeasurementLock> take_lock(Observer& observer) {
  try {
    return std::make_unique<machine::MeasurementLock>(
        kLongestWaitForLock, [&](const std::string& sentence) { observer.say(sentence); });
  } catch (const base::UserError&) {
    if (process::interruptions() > 0) throw process::Interrupted();
    throw;
  }
}

/// Opens the record; `experiment` becomes what it already holds.
std::unique_ptr<record::Writer> open_record(const Job& job, results::Experiment& experiment,
                                            Observer& observer) {
  if (!job.resumed_record.empty()) {
    std::vector<std::string> remarks;
    auto writer = record::Writer::resume(job.resumed_record, remarks);
    for (const auto& remark : remarks) observer.say(remark);
    experiment = record::read(job.resumed_record);
    observer.say(fmt::format("resuming {}: {} load sets kept", experiment.id.substr(0, 8),
                             experiment.load_sets.size()));
    return writer;
  }
  experiment.id = base::random_id();
  experiment.title = job.title;
  experiment.started_utc = base::utc_now();
  experiment.plan = job.plan;
  experiment.environment = job.environment;
  return record::Writer::create(
      record::record_folder(),
      {experiment.id, experiment.title, experiment.started_utc, experiment.plan, experiment.environment});
}

}  // namespace

Ended run_recorded(const Job& job, const Launches& launches, Observer& observer) {
  const auto lock = take_lock(observer);
  results::Experiment experiment;
  const auto writer = open_record(job, experiment, observer);
  if (experiment.preparations.empty()) {
    for (const auto& preparation : job.preparations) {
      writer->keep(preparation);
      experiment.preparations.push_back(preparation);
    }
  }
  observer.say(fmt::format("experiment {}  seed {}  threads: {}", experiment.id.substr(0, 8),
                           experiment.plan.seed, experiment.plan.threads_reason));
  observer.begin_measuring(experiment.plan);
  base::SystemClock clock;
  measure::MachineSurroundings surroundings;
  measure::SessionLauncher launcher(launches.facts, session::Deadlines{});
  const auto judge = [&launches](const results::CandidateSpec& spec, const measure::SetOutputs* reference,
                                 const measure::SetOutputs& candidate) {
    const auto scores = launches.scores.find(spec.id);
    return evaluate::judge_fidelity(spec, reference, candidate,
                                    scores == launches.scores.end() ? "" : scores->second);
  };
  const measure::Context context{launcher, surroundings, clock, *writer, observer, judge};
  try {
    measure::ExperimentRun(context, launches.request, experiment).run();
    writer->end();
    experiment.ended = true;
  } catch (const process::Interrupted&) {
    writer->interrupted();
    experiment.interrupted = true;
    observer.say("interrupted: what was finished is kept; resume with  " + resume_command(experiment));
  }
  return {std::move(experiment), writer->file()};
}

std::string resume_command(const results::Experiment& experiment) {
  const auto& folder = experiment.plan.suite_folder;
  return "inferometer resume " + (folder.empty() ? experiment.id.substr(0, 8) : base::shell_word(folder));
}

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

}  // namespace inferometer::experiment
