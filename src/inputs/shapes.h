// The sizes of every input of a workload; the only check of shapes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "inputs/request.h"

namespace inferometer::inputs {

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

/// Resolves every dimension; throws base::UserError with the line to type where one is open ("--dim
/// height=N") or does not fit (batch < 1, sequence over the model's limit).
Shapes resolve_shapes(const Request& request);

}  // namespace inferometer::inputs
