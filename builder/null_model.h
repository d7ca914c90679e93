// The models of the null engine: nothing to compute, so their artefacts only say what they are.
#pragma once

#include <memory>
#include <string>

#include "builder/recipes/source.h"

namespace inferometer::builder {

/// "null": one part, y = f(x). "null-generate": the parts `prefill` and `decode` of a model that generates
/// texts. Another name is a defect of ours.
std::unique_ptr<Source> open_null_model(const std::string& name);

}  // namespace inferometer::builder
