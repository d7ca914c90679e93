// What is to be known of an ONNX model.
#pragma once

#include <filesystem>

#include "onnx/onnx.pb.h"
#include "results/model_info.h"

namespace inferometer::builder {

/// Everything but size_bytes and sha256, of a model that passed onnx::check_model. `file` starts the message
/// of the base::UserError for inputs that cannot be fed: no tensor, no shape, a fixed dimension below 1.
results::ModelInfo inspect(const onnx::ModelProto& model, const std::filesystem::path& file);

}  // namespace inferometer::builder
