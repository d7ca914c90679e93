// Whom the headline of a group is about, and who is certainly fastest; not for other modules.
#pragma once

#include "analysis/analysis.h"
#include "analysis/rounds.h"

namespace inferometer::analysis {

/// Sets `fastest`, `leading`, `tied` and `baseline_unranked` from the comparisons of `analysis`.
void conclude(const MeasuredGroup& group, GroupAnalysis& analysis);

}  // namespace inferometer::analysis
