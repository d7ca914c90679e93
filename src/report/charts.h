// The charts of the page: one function, one file each. All return a whole figure, or nothing where the record
// lacks what the chart would show.
#pragma once

#include <string>

#include "report/view.h"

namespace inferometer::report {

/// Bars of the speed-up with their intervals, and the band by which the baseline differs from itself.
std::string speed_up_chart(const GroupView& group, const std::string& id);
/// Latency against the error of the outputs and against the size of the artefact.
std::string fidelity_chart(const GroupView& group, const std::string& id);
/// Shares of runs by latency, with the tail drawn as finely as the middle.
std::string distribution_chart(const GroupView& group, const std::string& id);
/// Throughput and latency by batch size.
std::string batch_chart(const analysis::BatchSweep& sweep, const std::string& id);

}  // namespace inferometer::report
