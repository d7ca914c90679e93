// What became of each product and table of a graph, and why.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"

namespace inferometer::quantize {

enum class Outcome {
  PerTensor,       ///< activations with one scale a tensor
  PerToken,        ///< activations with one scale a row
  Product,         ///< two activations, each with one scale a tensor
  Table,           ///< rows looked up, stored as integers
  FloatAttention,  ///< left: both operands are activations
  FloatTable,      ///< left: the recipe keeps tables
  FloatOperator,   ///< left: an operator that the recipe does not quantize (Gemm, Conv)
  FewWeights,      ///< left: too few to gain anything
  OtherRank,       ///< left: weights with other than 2 dimensions
  OtherType,       ///< left: weights are not float32
  ConstantLeft,    ///< left: the weights are the first operand
  ScaledGemm,      ///< left: alpha or beta is not 1, or A is transposed
  NotFinite,       ///< left: the weights hold NaN or an infinite value
};

struct Decision {
  std::string node;  ///< its name, else that of its output
  std::string op;
  Outcome outcome = Outcome::PerTensor;
  std::int64_t weights = 0;  ///< count; 0 for products of activations
  bool smoothed = false;     ///< its input was scaled by channel
};

/// "per_tensor", "float_attention", ...
const char* to_text(Outcome outcome);
bool is_quantized(Outcome outcome);

/// [{"node", "op", "outcome", "weights", "smoothed"}]
base::Json to_json(const std::vector<Decision>& decisions);

/// "36 of 48 MatMul, 2 of 2 Gemm are int8": by operator, those of tables and Conv included.
std::string summary_of(const std::vector<Decision>& decisions);

}  // namespace inferometer::quantize
