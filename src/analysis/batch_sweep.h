// The same configurations at several batch sizes; not for other modules.
#pragma once

#include <vector>

#include "analysis/analysis.h"

namespace inferometer::analysis {

/// One for each workload that was measured at two batch sizes or more, in the order of the plan.
std::vector<BatchSweep> sweep_batches(const results::Experiment& experiment,
                                      const std::vector<GroupAnalysis>& groups);

}  // namespace inferometer::analysis
