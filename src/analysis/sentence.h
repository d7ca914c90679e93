// The headline of a group, and who is certainly fastest; not for other modules.
#pragma once

#include <string>

#include "analysis/analysis.h"
#include "analysis/rounds.h"

namespace inferometer::analysis {

/// Sets `fastest` and `sentence` from the comparisons, summaries and trust of `analysis`.
void conclude(const MeasuredGroup& group, GroupAnalysis& analysis);

}  // namespace inferometer::analysis
