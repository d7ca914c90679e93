// A variant of a model as a value: which format, which precision, made how.
#pragma once

#include <string>
#include <string_view>

namespace inferometer::results {

/// Written FORMAT/PRECISION or FORMAT/PRECISION-RECIPE: "onnx/float32", "tflite/int8-dynamic".
struct Variant {
  std::string format;     ///< "onnx", "tflite", "saved_model", "null"
  std::string precision;  ///< of the weights: "float32", "float16", "bfloat16", "int8", ...
  std::string recipe;     ///< which of several ways to that precision; empty: the plain one
  bool operator==(const Variant&) const = default;
  auto operator<=>(const Variant&) const = default;
};

/// "tflite/int8-dynamic"; "" for an empty variant.
std::string to_text(const Variant& variant);

/// The opposite. Text without '/' becomes the format alone; never throws.
Variant parse_variant(std::string_view text);

/// Weights or activations are integers that stand for real numbers.
bool is_quantized(const Variant& variant);

}  // namespace inferometer::results
