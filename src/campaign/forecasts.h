// What each experiment of a suite will probably take, looked at before anything runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "campaign/experiments.h"
#include "experiment/experiment.h"

namespace inferometer::campaign {

/// An experiment and what it will probably take.
struct Forecast {
  SuiteExperiment experiment;
  /// Real: they are here. OnHub: they will be downloaded. Synthetic: they cannot be had, random ones stand
  /// in.
  enum class Weights { Real, OnHub, Synthetic };
  Weights weights = Weights::Real;
  std::string why_synthetic;
  std::string problem;  ///< it cannot run, and why; empty: it can
  std::vector<results::SkippedCell> skipped;
  plan::Cost cost;
  std::int64_t memory_bytes = 0;  ///< of the machine, of its largest group while it is measured
  experiment::BuildCost build;    ///< of its artefacts, where the cache has none
  std::int64_t disk_bytes = 0;    ///< of downloads and artefacts, whether the cache has these or not
};

/// Reads; builds and downloads nothing. `synthetic_allowed`: for models whose weights are not here.
std::vector<Forecast> look_ahead(const std::vector<SuiteExperiment>& experiments, bool synthetic_allowed,
                                 const experiment::Host& host);

/// Random weights can stand in: the name is that of a published architecture.
bool can_be_synthetic(const std::string& model, const experiment::Installation& installation);

/// What is asked of a model, before the models are known. Sequence lengths of the whole file mean nothing to
/// a model without a sequence.
experiment::Request request_for(const SuiteExperiment& experiment, const plan::Model& model);

}  // namespace inferometer::campaign
