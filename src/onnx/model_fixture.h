// Small ONNX models for tests.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/test_fixture.h"
#include "onnx/onnx.pb.h"

namespace inferometer::onnx {

inline NodeProto* add_node(GraphProto* graph, const std::string& op, const std::vector<std::string>& inputs,
                           const std::string& output) {
  auto* node = graph->add_node();
  node->set_op_type(op);
  node->set_name(output + "_node");
  for (const auto& input : inputs) node->add_input(input);
  node->add_output(output);
  return node;
}

/// A dimension of `fixed` elements for a number, of that name for a word, open and nameless for "?".
inline ValueInfoProto* add_value(ValueInfoProto* value, const std::string& name, int type,
                                 const std::vector<std::string>& dims) {
  value->set_name(name);
  auto* tensor = value->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  tensor->mutable_shape();
  for (const auto& dim : dims) {
    auto* dimension = tensor->mutable_shape()->add_dim();
    if (dim.find_first_not_of("-0123456789") == std::string::npos) {
      dimension->set_dim_value(std::stoll(dim));
    } else if (dim != "?") {
      dimension->set_dim_param(dim);
    }
  }
  return value;
}

/// Filled with bytes of 1.
inline TensorProto* add_initializer(GraphProto* graph, const std::string& name, int type,
                                    const std::vector<std::int64_t>& dims) {
  auto* tensor = graph->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(type);
  std::int64_t bytes = type == 10 ? 2 : type == 7 ? 8 : 4;  // float16, int64, float32
  for (const auto dim : dims) {
    tensor->add_dims(dim);
    bytes *= dim;
  }
  tensor->set_raw_data(std::string(static_cast<std::size_t>(bytes), '\1'));
  return tensor;
}

/// y[batch, 2] = x[batch, 3] * w[3, 2].
inline ModelProto small_model() {
  ModelProto model;
  model.set_ir_version(8);
  auto* opset = model.add_opset_import();
  opset->set_domain("");
  opset->set_version(17);
  auto* graph = model.mutable_graph();
  graph->set_name("small");
  add_value(graph->add_input(), "x", 1, {"batch", "3"});
  add_value(graph->add_output(), "y", 1, {"batch", "2"});
  add_initializer(graph, "w", 1, {3, 2});
  add_node(graph, "MatMul", {"x", "w"}, "y");
  return model;
}

inline std::filesystem::path write_model(const std::filesystem::path& file, const ModelProto& model) {
  return base::write_bytes(file, model.SerializeAsString());
}

}  // namespace inferometer::onnx
