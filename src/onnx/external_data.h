// Weights beside an ONNX file: only from below its folder, never through a link.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "onnx/onnx.pb.h"

namespace inferometer::onnx {

/// The files that the tensors of one model name, each opened once and checked.
class ExternalFiles {
 public:
  /// `model_file` is the .onnx file; its folder bounds every location.
  explicit ExternalFiles(std::filesystem::path model_file);

  /// Checks the claim of a tensor whose elements take `size_bytes`. Throws base::UserError for an unknown or
  /// repeated key, a location that leaves the folder, a link in any component, a file with a second name
  /// (hard link), a range outside the file, or a length that is not the tensor's.
  void check(const TensorProto& tensor, std::uint64_t size_bytes);

  /// Size in bytes of every file named so far, by location relative to the folder.
  const std::map<std::string, std::uint64_t>& sizes() const { return sizes_; }

 private:
  std::uint64_t size_of(const std::string& location, const std::string& where);

  std::filesystem::path model_file_;
  std::map<std::string, std::uint64_t> sizes_;
};

/// The location without "." components. Throws base::UserError starting with `where` when it is empty,
/// absolute, has a "..", a backslash, a drive letter or a NUL, or is a marker that is reserved for memory
/// addresses.
std::string checked_location(const std::string& location, const std::string& where);

}  // namespace inferometer::onnx
