#include "onnx/quantized_ops.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace inferometer::onnx {
namespace {

constexpr std::array<std::string_view, 11> kQuantizedOps = {
    "QuantizeLinear",          "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "ConvInteger",
    "MatMulIntegerToFloat",    "MatMulNBits",      "GatherBlockQuantized",  "QAttention",    "QGemm",
    "QEmbedLayerNormalization"};

}  // namespace

bool is_quantized(const NodeProto& node) {
  const std::string_view op = node.op_type();
  return op.starts_with("QLinear") || op.starts_with("DynamicQuantize") ||
         std::find(kQuantizedOps.begin(), kQuantizedOps.end(), op) != kQuantizedOps.end();
}

}  // namespace inferometer::onnx
