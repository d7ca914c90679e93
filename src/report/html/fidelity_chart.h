// Latency against the error of the outputs and against the size of the artefact. A whole figure, or nothing
// where the record lacks what it would show. `id` is unique in the page.
#pragma once

#include <string>

#include "report/core/view.h"

namespace inferometer::report {

std::string fidelity_chart(const GroupView& group, const std::string& id);

}  // namespace inferometer::report
