// One whole record in memory: what analysis and report read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/configuration.h"
#include "results/environment.h"
#include "results/measurement.h"

namespace inferometer::results {

struct Experiment {
  std::string id;
  std::string started_utc;  ///< "2026-11-23T10:00:00Z"; for people only, never for order or durations
  std::string title;        ///< "compare", "selftest"
  Plan plan;
  Environment environment;
  std::vector<Preparation> preparations;
  std::vector<TruthCheck> truth_checks;
  std::vector<HarnessCost> harness_costs;
  std::vector<LoadSet> load_sets;
  std::vector<GroupStop> stops;
  std::vector<CandidateOutcome> outcomes;
  int invocations = 1;
  bool interrupted = false;         ///< the last invocation was
  bool ended = false;               ///< the record has its `end` line
  std::vector<std::string> damage;  ///< lines that could not be used, one sentence each
};

}  // namespace inferometer::results
