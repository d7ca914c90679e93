// Weights beside an ONNX file: only from below its folder, never through a link.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "onnx/onnx.pb.h"

namespace inferometer::onnx {

/// Where the elements of a tensor lie.
struct ExternalPlace {
  std::string location;  ///< below the model's folder, without "." components
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  ///< in bytes, where the model says it
};

/// What the external data of a tensor say. Throws base::UserError starting with `where` for an unknown or
/// repeated key, no number, or a location that checked_location refuses.
ExternalPlace external_place(const TensorProto& tensor, const std::string& where);

/// The files that the tensors of one model name, each opened once and checked.
class ExternalFiles {
 public:
  /// `model_file` is the .onnx file; its folder bounds every location.
  explicit ExternalFiles(std::filesystem::path model_file);

  /// Checks the claim of a tensor whose elements take `size_bytes`. Throws as external_place, and for a link
  /// in any component, a file with a second name (hard link), a range outside the file, or a length that is
  /// not the tensor's.
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
