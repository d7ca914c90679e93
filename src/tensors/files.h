// Tensor files: safetensors (read and written), npy and npz (read).
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

/// NumPy files. An npz may be stored or deflated (zlib). Pickled (object) arrays are refused.
Tensor read_npy(const std::filesystem::path& file);
std::vector<Tensor> read_npz(const std::filesystem::path& file);

/// How two sets of outputs differ. Tensors are matched by name and compared as doubles; widths may differ
/// (float16 against float32), kinds may not (float, integer, bool). Outputs that the reference lacks are
/// ignored.
struct Difference {
  double max_abs_error = 0;  ///< over all tensors
  double max_rel_error = 0;  ///< largest over tensors of (max abs error / largest absolute reference value);
                             ///< where the reference is all zero, the absolute error
  double cosine = 1;    ///< smallest over tensors; two zero tensors agree (1), a zero and another do not (0)
  std::string worst;    ///< name of the tensor with the largest max_rel_error
  std::string problem;  ///< not empty: the first NaN, infinite value, missing tensor, other shape or kind:
                        ///< "NaN in logits at [0, 7]"; that tensor is left out of the numbers
};
Difference compare(std::span<const Tensor> reference, std::span<const Tensor> outputs);

}  // namespace inferometer::tensors
