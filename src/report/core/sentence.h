// The headline of a group.
#pragma once

#include <string>

#include "report/core/view.h"

namespace inferometer::report {

/// "openvino is 1.43x faster (1.41-1.45) than onnxruntime, across 11 fresh loads, trust A".
std::string sentence(const GroupView& group);

}  // namespace inferometer::report
