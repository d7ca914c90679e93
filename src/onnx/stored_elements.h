// The elements of a tensor of an ONNX model, wherever they are stored.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "onnx/onnx.pb.h"

namespace inferometer::onnx {

/// The elements lie in raw bytes: in the message or in a file beside the model. Else they are in one of the
/// message's typed fields.
bool has_stored_bytes(const TensorProto& tensor);

/// The raw bytes of a tensor that has some; `model_file` is the file that the model was read from. The model
/// must have passed check_model. Throws base::UserError when a file of weights is gone or shorter by now.
std::string stored_bytes(const TensorProto& tensor, const std::filesystem::path& model_file);

/// The elements of a float32 tensor, row by row. Throws as stored_bytes.
std::vector<float> float32_values(const TensorProto& tensor, const std::filesystem::path& model_file);

}  // namespace inferometer::onnx
