// Bars of the speed-up with their intervals, and the band by which the baseline differs from itself. A whole
// figure, or nothing where the record lacks what it would show. `id` is unique in the page.
#pragma once

#include <string>

#include "report/core/view.h"

namespace inferometer::report {

std::string speed_up_chart(const GroupView& group, const std::string& id);

}  // namespace inferometer::report
