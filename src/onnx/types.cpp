#include "onnx/types.h"

#include <array>

namespace inferometer::onnx {
namespace {

constexpr std::array kElementTypes = {
    ElementType{kFloat32, "float32", 32, TypedField::Float, 1},
    ElementType{kUint8, "uint8", 8, TypedField::Int32, 1},
    ElementType{kInt8, "int8", 8, TypedField::Int32, 1},
    ElementType{4, "uint16", 16, TypedField::Int32, 1},
    ElementType{5, "int16", 16, TypedField::Int32, 1},
    ElementType{kInt32, "int32", 32, TypedField::Int32, 1},
    ElementType{kInt64, "int64", 64, TypedField::Int64, 1},
    ElementType{kString, "string", 0, TypedField::String, 1},
    ElementType{9, "bool", 8, TypedField::Int32, 1},
    ElementType{kFloat16, "float16", 16, TypedField::Int32, 1},
    ElementType{kFloat64, "float64", 64, TypedField::Double, 1},
    ElementType{12, "uint32", 32, TypedField::Uint64, 1},
    ElementType{13, "uint64", 64, TypedField::Uint64, 1},
    ElementType{14, "complex64", 64, TypedField::Float, 2},
    ElementType{15, "complex128", 128, TypedField::Double, 2},
    ElementType{kBFloat16, "bfloat16", 16, TypedField::Int32, 1},
    ElementType{17, "float8e4m3fn", 8, TypedField::Int32, 1},
    ElementType{18, "float8e4m3fnuz", 8, TypedField::Int32, 1},
    ElementType{19, "float8e5m2", 8, TypedField::Int32, 1},
    ElementType{20, "float8e5m2fnuz", 8, TypedField::Int32, 1},
    ElementType{kUint4, "uint4", 4, TypedField::Int32, 1},
    ElementType{kInt4, "int4", 4, TypedField::Int32, 1},
    ElementType{23, "float4e2m1", 4, TypedField::Int32, 1},
    ElementType{24, "float8e8m0", 8, TypedField::Int32, 1},
    ElementType{25, "uint2", 2, TypedField::Int32, 1},
    ElementType{26, "int2", 2, TypedField::Int32, 1},
};

}  // namespace

std::optional<ElementType> element_type(int code) {
  for (const auto& type : kElementTypes) {
    if (type.code == code) return type;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> packed_bytes(const ElementType& type, std::int64_t elements) {
  std::uint64_t bits = 0;
  if (__builtin_mul_overflow(static_cast<std::uint64_t>(elements), static_cast<std::uint64_t>(type.bits),
                             &bits)) {
    return std::nullopt;
  }
  return bits / 8 + (bits % 8 != 0 ? 1 : 0);
}

}  // namespace inferometer::onnx
