// A block of an encoder for tests: normalization, one linear layer in the place of attention, GELU between
// two.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "onnx/model_fixture.h"
#include "onnx/reader.h"
#include "onnx/stored_elements.h"
#include "quantize/quantize.h"

namespace inferometer::quantize {

constexpr std::int64_t kHidden = 64;
constexpr std::int64_t kWide = 256;

inline onnx::TensorProto* add_floats(onnx::GraphProto* graph, const std::string& name,
                                     const std::vector<std::int64_t>& dims,
                                     const std::vector<float>& values) {
  auto* tensor = graph->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(1);
  for (const auto dim : dims) tensor->add_dims(dim);
  tensor->set_raw_data(
      std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
  return tensor;
}

inline std::vector<float> random_floats(std::int64_t count, const std::string& name) {
  base::Random random(7, name);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (auto& value : values) value = static_cast<float>(random.uniform() - 0.5);
  return values;
}

inline onnx::TensorProto* add_random(onnx::GraphProto* graph, const std::string& name,
                                     const std::vector<std::int64_t>& dims) {
  std::int64_t count = 1;
  for (const auto dim : dims) count *= dim;
  return add_floats(graph, name, dims, random_floats(count, name));
}

inline onnx::ModelProto empty_model(std::int64_t opset = 17) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  auto* import = model.add_opset_import();
  import->set_domain("");
  import->set_version(opset);
  model.mutable_graph()->set_name("block");
  return model;
}

/// norm = LayerNormalization(x); scores = norm * norm^T; narrow = GELU(norm * up + b) * down; y = narrow +
/// norm.
inline onnx::ModelProto block() {
  auto model = empty_model();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_input(), "x", 1, {"batch", "sequence", "64"});
  onnx::add_value(graph->add_output(), "y", 1, {"batch", "sequence", "256"});
  onnx::add_value(graph->add_output(), "scores", 1, {"batch", "sequence", "sequence"});
  add_random(graph, "gamma", {kHidden});
  add_random(graph, "beta", {kHidden});
  add_random(graph, "up", {kHidden, kWide});
  add_random(graph, "skip", {kHidden, kWide});
  add_random(graph, "bias", {kWide});
  add_random(graph, "down", {kWide, kWide});
  add_floats(graph, "root", {}, {std::sqrt(2.0f)});
  add_floats(graph, "one", {}, {1});
  add_floats(graph, "half", {}, {0.5f});
  onnx::add_node(graph, "LayerNormalization", {"x", "gamma", "beta"}, "norm");
  auto* turn = onnx::add_node(graph, "Transpose", {"norm"}, "turned")->add_attribute();
  turn->set_name("perm");
  turn->set_type(7);
  for (const int axis : {0, 2, 1}) turn->add_ints(axis);
  onnx::add_node(graph, "MatMul", {"norm", "turned"}, "scores");
  onnx::add_node(graph, "MatMul", {"norm", "up"}, "raised");
  onnx::add_node(graph, "Add", {"raised", "bias"}, "wide");
  onnx::add_node(graph, "Div", {"wide", "root"}, "scaled");
  onnx::add_node(graph, "Erf", {"scaled"}, "erf");
  onnx::add_node(graph, "Add", {"erf", "one"}, "gate");
  onnx::add_node(graph, "Mul", {"wide", "gate"}, "gated");
  onnx::add_node(graph, "Mul", {"gated", "half"}, "active");
  onnx::add_node(graph, "MatMul", {"active", "down"}, "narrow");
  onnx::add_node(graph, "MatMul", {"norm", "skip"}, "skipped");
  onnx::add_node(graph, "Add", {"narrow", "skipped"}, "y");
  return model;
}

inline const onnx::NodeProto* producer(const onnx::ModelProto& model, const std::string& value) {
  for (const auto& node : model.graph().node())
    for (const auto& output : node.output())
      if (output == value) return &node;
  return nullptr;
}

inline const onnx::TensorProto* initializer(const onnx::ModelProto& model, const std::string& name) {
  for (const auto& tensor : model.graph().initializer())
    if (tensor.name() == name) return &tensor;
  return nullptr;
}

inline int count(const onnx::ModelProto& model, const std::string& op) {
  int nodes = 0;
  for (const auto& node : model.graph().node()) nodes += node.op_type() == op ? 1 : 0;
  return nodes;
}

}  // namespace inferometer::quantize
