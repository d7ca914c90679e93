// The element types of ONNX by number.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace inferometer::onnx {

/// Numbers of TensorProto.DataType that the code names; the table behind `element_type` has them all.
enum ElementCode : int {
  kFloat32 = 1,
  kUint8 = 2,
  kInt8 = 3,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kFloat16 = 10,
  kFloat64 = 11,
  kBFloat16 = 16,
  kUint4 = 21,
  kInt4 = 22,
};

/// The repeated field of a TensorProto that holds elements of a type when there is no raw_data.
enum class TypedField { Float, Int32, Int64, Double, Uint64, String };

struct ElementType {
  int code;
  std::string_view name;  ///< "float32", as in tensors where that module has the type
  int bits;               ///< of one element; 0 for strings
  TypedField field;
  int entries_per_element;  ///< in that field; 2 for complex numbers
};

/// Nothing for a number that ONNX does not define.
std::optional<ElementType> element_type(int code);

/// Bytes of `elements` packed elements, rounded up; nothing when the count of bits overflows.
std::optional<std::uint64_t> packed_bytes(const ElementType& type, std::int64_t elements);

}  // namespace inferometer::onnx
