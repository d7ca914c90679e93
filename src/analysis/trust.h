// How far a run can be trusted, and what kept it from a better grade; not for other modules.
#pragma once

#include <vector>

#include "analysis/analysis.h"
#include "analysis/rounds.h"

namespace inferometer::analysis {

Trust grade_trust(const MeasuredGroup& group, const SelfComparison& self,
                  const std::vector<Comparison>& comparisons);

}  // namespace inferometer::analysis
