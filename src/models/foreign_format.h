// What a file really is, whatever its name says.
#pragma once

#include <string>
#include <string_view>

namespace inferometer::models {

/// How many first bytes of a file `foreign_format` wants to see.
constexpr std::size_t kSniffedBytes = 512;

/// For the first bytes of a file that is no ONNX model: what it is and what to do, as the end of a message
/// ("is a Git LFS pointer, not the model itself: run 'git lfs pull' in its folder"). Empty when the bytes have
/// no mark of a format we know; they may then be ONNX.
std::string foreign_format(std::string_view first_bytes);

/// The same for a file that should hold safetensors weights.
std::string foreign_weights_format(std::string_view first_bytes);

}  // namespace inferometer::models
