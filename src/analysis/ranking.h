// May a candidate be ranked, and may the group's verdicts stand; not for other modules.
#pragma once

#include <string>

#include "analysis/analysis.h"
#include "analysis/rounds.h"

namespace inferometer::analysis {

/// It ended otherwise than completed.
bool has_failed(const results::Experiment& experiment, const std::string& candidate);

/// The baseline against itself, at level 0.01: the noise of the test, and that of load and placement.
SelfComparison compare_with_itself(const MeasuredGroup& group);

/// Why no verdict of the group may stand: it was not measurable, or differs from itself. Empty: they stand.
results::Reasons why_invalid(const MeasuredGroup& group, const SelfComparison& self);

/// Why no claim across fresh loads may stand. Empty: they stand.
results::Reasons why_fresh_invalid(const SelfComparison& self);

/// Why these two may not be compared: one of them had to wait for a CPU. Empty: they may.
results::Reasons why_not_alike(const MeasuredGroup& group, const results::CandidateSpec& candidate);

}  // namespace inferometer::analysis
