// Which operators compute with integers that stand for real numbers.
#pragma once

#include "onnx/onnx.pb.h"

namespace inferometer::onnx {

/// Of the standard and of com.microsoft: QuantizeLinear, MatMulInteger, MatMulNBits and the like.
bool is_quantized(const NodeProto& node);

}  // namespace inferometer::onnx
