// A plan that lies ready is measured, recorded and reported: the second half of every measuring command.
#pragma once

#include <filesystem>
#include <string>

#include "cli/outputs.h"
#include "experiment/workbench.h"
#include "plan/plan.h"
#include "results/experiment.h"

namespace inferometer::cli {

struct Job {
  std::string title;
  results::Plan plan;
  std::filesystem::path resumed_record;  ///< empty: a new experiment
  Outputs outputs;                       ///< without a folder, reports lie beside the record
  std::string progress = "auto";
  std::string resume_command;  ///< that goes on after an interruption; empty: compare's
};

/// The counts of quick, standard and full. Throws base::UserError for another word.
results::Effort effort_of(const std::string& mode);

/// Watches the machine for half a second and fills in `cpus` and `free_cpus`.
void count_cpus(plan::Request& request);

struct Measured {
  results::Experiment experiment;
  std::filesystem::path record;
};
/// Measures under the machine's lock; every finished item is in the record. An interruption ends it early.
Measured measure_job(const Job& job, const experiment::Workbench& workbench);

/// Why what `recorded` measured cannot be gone on with, after `now` was prepared of it: an artefact could not
/// be made again, or is another one. Empty: it can.
std::string why_not_resumed(const results::Plan& recorded, const results::Plan& now);

/// A candidate failed (1), cannot tell (5), interrupted (130) or 0.
int exit_code_of(const results::Experiment& experiment);

/// measure_job, then the reports. Returns the exit code.
int carry_out(const Job& job, const experiment::Workbench& workbench);

}  // namespace inferometer::cli
