// How the single runs of a candidate spread, for drawing; not for other modules.
#pragma once

#include "analysis/analysis.h"
#include "analysis/rounds.h"

namespace inferometer::analysis {

Distribution distribute(const MeasuredGroup& group, const results::CandidateSpec& spec);

}  // namespace inferometer::analysis
