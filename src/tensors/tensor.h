// Typed arrays, as they travel between coordinator and workers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inferometer::tensors {

/// Element types that a safetensors file can hold and that engines take as inputs.
enum class DType {
  Bool,
  Uint8,
  Int8,
  Uint16,
  Int16,
  Float16,
  BFloat16,
  Uint32,
  Int32,
  Float32,
  Uint64,
  Int64,
  Float64
};

/// "float32", "int64", "bool", ... as in NumPy; bfloat16 is "bfloat16".
const char* to_text(DType type);
/// Throws base::UserError with the known names for a wrong name.
DType dtype_from_text(std::string_view name);
std::size_t element_bytes(DType type);

using Shape = std::vector<std::int64_t>;

/// Product of the dimensions. Throws base::UserError when one is negative or the product overflows.
std::int64_t element_count(const Shape& shape);

/// "[1, 128]".
std::string to_text(const Shape& shape);

/// A dense row-major array that owns its bytes, aligned to 64 bytes as engines like it. Move only.
class Tensor {
 public:
  Tensor() = default;
  /// Zero-filled. Throws base::UserError when the shape is impossible or does not fit into memory.
  Tensor(std::string name, DType type, Shape shape);
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(Tensor&&) noexcept = default;
  Tensor clone() const;

  const std::string& name() const { return name_; }
  void rename(std::string name) { name_ = std::move(name); }
  DType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::int64_t elements() const { return elements_; }
  std::span<std::byte> bytes() { return {bytes_.get(), size_bytes_}; }
  std::span<const std::byte> bytes() const { return {bytes_.get(), size_bytes_}; }
  /// The elements as T; T must have the size of the element type (checked).
  template <typename T>
  std::span<T> values() {
    check_size(sizeof(T));
    return {reinterpret_cast<T*>(bytes_.get()), static_cast<std::size_t>(elements_)};
  }
  template <typename T>
  std::span<const T> values() const {
    check_size(sizeof(T));
    return {reinterpret_cast<const T*>(bytes_.get()), static_cast<std::size_t>(elements_)};
  }
  /// Every element as double (Float16 and BFloat16 are widened; 64-bit integers beyond 2^53 are rounded).
  std::vector<double> to_doubles() const;
  /// The elements from `begin` on as doubles, as many as `into` holds (they must exist, checked).
  void widen(std::size_t begin, std::span<double> into) const;

 private:
  struct Free {
    void operator()(std::byte* bytes) const;
  };
  void check_size(std::size_t value_bytes) const;

  std::string name_;
  DType type_ = DType::Float32;
  Shape shape_;
  std::int64_t elements_ = 0;
  std::size_t size_bytes_ = 0;
  std::unique_ptr<std::byte[], Free> bytes_;
};

}  // namespace inferometer::tensors
