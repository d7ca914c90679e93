// The titles of charts: what each shows, in words made of what analysis decided.
#pragma once

#include <string>

#include "report/core/view.h"

namespace inferometer::report {

/// "openvino is the fastest: 1.43x [1.41, 1.45]"; "No candidate is certainly the fastest".
std::string speed_up_finding(const GroupView& group);
/// "All 4 candidates that could be checked compute the right thing".
std::string fidelity_finding(const GroupView& group);
/// "openvino: half of the runs take at most 3.64 ms, 95 % at most 4.00 ms".
std::string distribution_finding(const GroupView& group, const std::string& candidate);
/// "Highest throughput: openvino at batch 16, 312 items/s".
std::string batch_finding(const analysis::BatchSweep& sweep);

/// The distribution of a candidate; null: analysis has none.
const analysis::Distribution* distribution(const GroupView& group, const std::string& candidate);

}  // namespace inferometer::report
