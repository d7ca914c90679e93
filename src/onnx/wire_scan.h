// Walks the bytes of an ONNX file without building anything, so that damage is reported with its byte.
#pragma once

#include <filesystem>

#include "tensors/input_file.h"

namespace inferometer::onnx {

/// How deep graphs may lie in each other (If, Loop, Scan). Real models use two or three levels; protobuf's
/// own limit of 100 messages is reached at 33.
constexpr int kMaxGraphDepth = 30;

/// Checks that `input` is a well-formed protobuf message as far as the messages of onnx.proto go down. Throws
/// base::UserError naming `file`, the byte, what was found and what to do.
void scan_wire(const tensors::InputFile& input, const std::filesystem::path& file);

}  // namespace inferometer::onnx
