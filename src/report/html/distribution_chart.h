// Shares of runs by latency, with the tail drawn as finely as the middle. A whole figure, or nothing where
// the record lacks what it would show. `id` is unique in the page.
#pragma once

#include <string>

#include "report/core/view.h"

namespace inferometer::report {

std::string distribution_chart(const GroupView& group, const std::string& id);

}  // namespace inferometer::report
