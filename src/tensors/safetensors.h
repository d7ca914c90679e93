// Safetensors files, read and written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tensors/tensor.h"

namespace inferometer::tensors {

/// Where one tensor lies in a safetensors file; offsets are absolute in the file.
struct StoredTensor {
  std::string name;
  DType type;
  Shape shape;
  std::uint64_t begin = 0;
  std::uint64_t size_bytes = 0;
};

/// The checked header of a safetensors file. Every size, offset, overlap and product is checked before use;
/// the message of the base::UserError names file, byte or tensor, what was found and what is allowed.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& file);
  const std::map<std::string, StoredTensor>& entries() const { return entries_; }
  const std::filesystem::path& path() const { return path_; }
  /// Reads one tensor. Throws base::UserError when it is not in the file or the file became shorter.
  Tensor read(const std::string& name) const;

 private:
  std::filesystem::path path_;
  std::map<std::string, StoredTensor> entries_;
};

/// All tensors of a safetensors file, in the order of their names.
std::vector<Tensor> read_safetensors(const std::filesystem::path& file);
/// Atomic: the file is whole or not there.
void write_safetensors(const std::filesystem::path& file, std::span<const Tensor> tensors);

}  // namespace inferometer::tensors
