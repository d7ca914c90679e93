// The parts that every report in JSON has, as schema/results.schema.json describes them.
#pragma once

#include "base/json.h"
#include "report/core/view.h"

namespace inferometer::report::json {

constexpr const char* kProvenance = "measured";

/// {"code", "subject", "value", "limit", "sentence"}; blank numbers are null. Null for no reason.
base::Json reason(const results::Reason& reason);
base::Json reasons(const results::Reasons& reasons);
/// Null for none.
base::Json outcome(const results::Outcome* outcome);
base::Json trust(const analysis::Trust& trust);

base::Json ratio(const analysis::Ratio& ratio);
/// Null for the baseline.
base::Json comparison(const CandidateView& candidate);
/// Null where nothing was measured, as resources.
base::Json latency(const CandidateView& candidate);
base::Json resources(const CandidateView& candidate);
/// Null where outputs were not checked.
base::Json truth_check(const CandidateView& candidate);
/// An array: what to deploy of each model.
base::Json recommendations(const Input& input);

}  // namespace inferometer::report::json
