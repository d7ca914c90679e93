// Reads any ONNX file that a user gives, or says what is wrong with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "onnx/onnx.pb.h"

namespace inferometer::onnx {

/// A model whose every part has passed the checks of checks.h.
struct OnnxModel {
  ModelProto proto;
  std::map<std::string, std::uint64_t> external_files;  ///< bytes, by location below the model's folder
  std::int64_t size_bytes = 0;                          ///< of the file and all external files
};

/// Throws base::UserError: no regular file, cut or damaged (with the byte), over the
/// 2 GiB of one protobuf message, or refused by a check.
OnnxModel read_onnx(const std::filesystem::path& file);

}  // namespace inferometer::onnx
