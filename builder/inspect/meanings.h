// What inputs and outputs stand for: the one rule set, for files and for graphs that were built.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "results/model_info.h"

namespace inferometer::builder {

/// Fills in `meaning` of inputs and outputs. `output_ranks`: number of dimensions of each output; nothing
/// where the file does not say. In this order:
/// 1. the name, as exporters and transformers use it ("input_ids", "pixel_values", "past_key_values.0.key"),
///    where the type can hold such values: ids are integers;
/// 2. float32, uint8 or int8 of four dimensions, of which the second or the last can be 3: pixels;
/// 3. `logits`, else the only output whose name has a word for scores: class scores [batch, classes], or
/// token
///    scores [batch, sequence, classes]. An embedding has the same shape: only the name tells them apart.
/// All others stay unknown.
void set_meanings(results::ModelPart& part, const std::vector<std::optional<std::size_t>>& output_ranks);

}  // namespace inferometer::builder
