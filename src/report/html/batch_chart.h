// Throughput and latency by batch size. A whole figure, or nothing where
// the record lacks what it would show. `id` is unique in the page.
#pragma once

#include <string>

#include "report/core/view.h"

namespace inferometer::report {

std::string batch_chart(const analysis::BatchSweep& sweep, const std::string& id);

}  // namespace inferometer::report
