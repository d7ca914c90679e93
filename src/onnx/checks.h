// What must hold in an ONNX model before anything is said about it or any engine sees it.
#pragma once

#include <filesystem>

#include "onnx/external_data.h"
#include "onnx/onnx.pb.h"

namespace inferometer::onnx {

/// Versions and element types that exist; sizes that agree with shapes; external data that stays in its
/// folder; names that are defined, once, and without cycles; operators that need no library of the model's
/// own. Throws base::UserError naming `file` and the part. `external` then holds every file the model names.
void check_model(const ModelProto& model, const std::filesystem::path& file, ExternalFiles& external);

/// Product of the dimensions. Throws base::UserError starting with `where` when one is negative or it
/// overflows.
std::int64_t checked_element_count(const TensorProto& tensor, const std::string& where);

}  // namespace inferometer::onnx
