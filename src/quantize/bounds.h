// What is known of the smallest value of an activation.
#pragma once

#include <optional>
#include <string>

#include "onnx/graph_index.h"
#include "quantize/graph_writer.h"

namespace inferometer::quantize {

/// How far below zero the values of `name` can be: 0 after ReLU and Sigmoid, 0.17 after GELU (as one
/// operator, or as the nodes that exporters write for its erf and tanh forms). Nothing where it is not known.
std::optional<float> depth_below_zero(const std::string& name, const onnx::GraphIndex& index,
                                      const Source& source);

}  // namespace inferometer::quantize
