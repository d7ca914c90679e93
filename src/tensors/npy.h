// The npy format, as files of their own and as members of an npz.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "tensors/tensor.h"

namespace inferometer::tensors {

/// The array of an npy file. Pickled (object) arrays are refused by a base::UserError.
Tensor read_npy(const std::filesystem::path& file);

/// What the header of an npy file says, checked against its size.
struct NpyLayout {
  DType type = DType::Float32;
  Shape shape;
  bool fortran_order = false;
  std::uint64_t data_begin = 0;
};

/// A header is never longer; so many bytes from the start of the file suffice for read_npy_layout.
constexpr std::size_t kMaxNpyHeadBytes = 64 * 1024;

/// `head`: the first bytes of the array file, which has `file_bytes` in all. `origin` starts the messages of
/// the base::UserError: pickled, structured, text and big-endian arrays, a cut or overlong file.
NpyLayout read_npy_layout(std::string_view head, std::uint64_t file_bytes, const std::string& origin);

/// `array` holds its bytes in Fortran order; the result holds the same elements in C order.
Tensor to_c_order(const Tensor& array);

}  // namespace inferometer::tensors
