// What a file that is named as a model really is.
#pragma once

#include <string>
#include <string_view>

namespace inferometer::builder {

/// How many first bytes of a file `foreign_format` wants to see.
constexpr std::size_t kSniffedBytes = 512;

/// For the first bytes of a file that is no ONNX model: what it is, with what to do ("this is a Git-LFS
/// pointer, not the file itself: run `git lfs pull`"). Empty when they bear no mark that we know: they may be
/// ONNX.
std::string foreign_format(std::string_view first_bytes);

}  // namespace inferometer::builder
