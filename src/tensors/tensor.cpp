#include "tensors/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "tensors/half.h"

namespace inferometer::tensors {
namespace {

constexpr std::size_t kAlignmentBytes = 64;

struct TypeRow {
  DType type;
  const char* name;
  std::size_t bytes;
};
// In the order of the enumeration.
constexpr std::array<TypeRow, 13> kTypes = {{{DType::Bool, "bool", 1},
                                             {DType::Uint8, "uint8", 1},
                                             {DType::Int8, "int8", 1},
                                             {DType::Uint16, "uint16", 2},
                                             {DType::Int16, "int16", 2},
                                             {DType::Float16, "float16", 2},
                                             {DType::BFloat16, "bfloat16", 2},
                                             {DType::Uint32, "uint32", 4},
                                             {DType::Int32, "int32", 4},
                                             {DType::Float32, "float32", 4},
                                             {DType::Uint64, "uint64", 8},
                                             {DType::Int64, "int64", 8},
                                             {DType::Float64, "float64", 8}}};

const TypeRow& row(DType type) { return kTypes.at(static_cast<std::size_t>(type)); }

template <typename T>
void widen_as(const std::byte* bytes, std::span<double> into) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    T value;
    std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
    into[i] = static_cast<double>(value);
  }
}

void widen_half(const std::byte* bytes, float (*to_float)(std::uint16_t), std::span<double> into) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, bytes + i * sizeof(bits), sizeof(bits));
    into[i] = static_cast<double>(to_float(bits));
  }
}

}  // namespace

const char* to_text(DType type) { return row(type).name; }

DType dtype_from_text(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& candidate : kTypes) {
    if (candidate.name == name) return candidate.type;
    known.emplace_back(candidate.name);
  }
  throw base::UserError(base::unknown_word("element type", name, known));
}

std::size_t element_bytes(DType type) { return row(type).bytes; }

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) throw base::UserError("the shape " + to_text(shape) + " has a negative dimension");
  }
  // A zero makes the product zero whatever the others are, so it must not be reached through an overflow.
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  for (const std::int64_t dimension : shape) {
    if (__builtin_mul_overflow(count, dimension, &count)) {
      throw base::UserError("the shape " + to_text(shape) + " has more than 2^63 elements");
    }
  }
  return count;
}

std::string to_text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

void Tensor::Free::operator()(std::byte* bytes) const { std::free(bytes); }

Tensor::Tensor(std::string name, DType type, Shape shape)
    : name_(std::move(name)), type_(type), shape_(std::move(shape)), elements_(element_count(shape_)) {
  constexpr std::size_t kLargest = SIZE_MAX / 2;
  const std::size_t each = element_bytes(type_);
  const bool countable = static_cast<std::uint64_t>(elements_) <= kLargest / each;
  size_bytes_ = countable ? static_cast<std::size_t>(elements_) * each : 0;
  const std::size_t whole_lines = std::max(size_bytes_ + kAlignmentBytes - 1, kAlignmentBytes);
  const std::size_t allocated = whole_lines / kAlignmentBytes * kAlignmentBytes;
  auto* bytes = countable ? static_cast<std::byte*>(std::aligned_alloc(kAlignmentBytes, allocated)) : nullptr;
  if (bytes == nullptr) {
    throw base::UserError(
        fmt::format("{} {} {} does not fit into memory", name_, to_text(type_), to_text(shape_)));
  }
  std::memset(bytes, 0, allocated);
  bytes_.reset(bytes);
}

Tensor Tensor::clone() const {
  Tensor copy(name_, type_, shape_);
  std::ranges::copy(bytes(), copy.bytes().begin());
  return copy;
}

void Tensor::check_size(std::size_t value_bytes) const {
  INFEROMETER_CHECK(value_bytes == element_bytes(type_),
                    fmt::format("{} read as values of {} bytes", to_text(type_), value_bytes));
}

void Tensor::widen(std::size_t begin, std::span<double> into) const {
  const auto count = static_cast<std::size_t>(elements_);
  INFEROMETER_CHECK(begin <= count && into.size() <= count - begin, "elements outside " + name_);
  const std::byte* from = bytes_.get() + begin * element_bytes(type_);
  switch (type_) {
    case DType::Bool:
    case DType::Uint8:
      return widen_as<std::uint8_t>(from, into);
    case DType::Int8:
      return widen_as<std::int8_t>(from, into);
    case DType::Uint16:
      return widen_as<std::uint16_t>(from, into);
    case DType::Int16:
      return widen_as<std::int16_t>(from, into);
    case DType::Float16:
      return widen_half(from, float16_to_float, into);
    case DType::BFloat16:
      return widen_half(from, bfloat16_to_float, into);
    case DType::Uint32:
      return widen_as<std::uint32_t>(from, into);
    case DType::Int32:
      return widen_as<std::int32_t>(from, into);
    case DType::Float32:
      return widen_as<float>(from, into);
    case DType::Uint64:
      return widen_as<std::uint64_t>(from, into);
    case DType::Int64:
      return widen_as<std::int64_t>(from, into);
    case DType::Float64:
      return widen_as<double>(from, into);
  }
}

std::vector<double> Tensor::to_doubles() const {
  std::vector<double> values(static_cast<std::size_t>(elements_));
  widen(0, values);
  return values;
}

}  // namespace inferometer::tensors
