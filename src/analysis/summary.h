// Latency, throughput and cost of one candidate over its undisturbed rounds; not for other modules.
#pragma once

#include "analysis/analysis.h"
#include "analysis/rounds.h"

namespace inferometer::analysis {

Summary summarize(const MeasuredGroup& group, const results::CandidateSpec& spec);

/// p5 of the block minima per run, in ns. NaN where nothing was measured.
double floor_ns(const MeasuredGroup& group, const std::string& candidate);

}  // namespace inferometer::analysis
