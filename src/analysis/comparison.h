// Every candidate of a group against its baseline; not for other modules.
#pragma once

#include <vector>

#include "analysis/analysis.h"
#include "analysis/rounds.h"

namespace inferometer::analysis {

/// One for each candidate but the baseline, in the order of the group.
std::vector<Comparison> compare_candidates(const MeasuredGroup& group, const SelfComparison& self);

NoiseBand noise_band(const SelfComparison& self);

/// The ratio that the mode is about: these loads in `quick`, fresh loads else.
const Ratio& ratio_of_mode(const Comparison& comparison, results::Mode mode);

/// Fills in Comparison::cpu_time.
void compare_cpu_time(const MeasuredGroup& group, std::vector<Comparison>& comparisons);

bool is_decided(results::VerdictKind verdict);

}  // namespace inferometer::analysis
