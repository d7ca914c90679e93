// onnx/float32 in int8: the recipes of src/quantize, with what a run of the float model tells of activations.
#pragma once

#include <string>

#include "builder/recipes/recipes.h"

namespace inferometer::builder {

/// quantize::kRobust. The reference engine runs the float model on the samples first and reports the largest
/// values of the channels that are smoothed. Writes model.onnx, its weights and quantization.json (what
/// became of each node and why). Throws base::UserError: nothing can be quantized, the engine failed.
std::string build_onnx_int8(const NativeJob& job);

/// quantize::kEverythingPerTensor, to be compared with.
std::string build_onnx_int8_seed(const NativeJob& job);

}  // namespace inferometer::builder
