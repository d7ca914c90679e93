// A plan whose launches are ready is measured, and every finished item is in the record.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiment/launches.h"
#include "experiment/observer.h"
#include "results/experiment.h"

namespace inferometer::experiment {

struct Ended {
  results::Experiment experiment;  ///< interrupted, or ended
  std::filesystem::path record;
};

/// What is measured, and into which record.
struct Job {
  std::string title;
  results::Plan plan;
  results::Environment environment;
  std::vector<results::Preparation> preparations;
  std::filesystem::path resumed_record;  ///< empty: a new one
};

/// Waits for the machine's lock first. An interruption ends it early and is no error.
Ended run_recorded(const Job& job, const Launches& launches, Observer& observer);

/// A candidate failed (1), cannot tell (5), interrupted (130) or 0.
int exit_code_of(const results::Experiment& experiment);

/// The command that goes on with an unfinished experiment.
std::string resume_command(const results::Experiment& experiment);

}  // namespace inferometer::experiment
