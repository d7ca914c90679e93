// A planned campaign is measured in its folder, from the first experiment that has no result to the last.
#pragma once

#include <vector>

#include "campaign/campaign.h"
#include "campaign/forecasts.h"
#include "experiment/experiment.h"

namespace inferometer::campaign {

/// Writes what people read of each experiment; the command line has the real one.
class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void write(const results::Experiment& experiment, const SuiteExperiment& planned,
                     const std::filesystem::path& results) = 0;
};

/// Returns 0, 1 (an experiment or a candidate failed), 5 (cannot tell) or 130 (interrupted). An experiment
/// that fails costs only itself. Every state is on disk before the next experiment begins.
int run_campaign(Campaign campaign, const std::vector<Forecast>& forecasts, Reporter& reporter,
                 const experiment::Host& host);

}  // namespace inferometer::campaign
