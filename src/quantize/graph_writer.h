// A graph copied node by node with changes, and written with its weights.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "onnx/graph_builder.h"
#include "onnx/onnx.pb.h"
#include "tensors/tensor.h"

namespace inferometer::quantize {

/// A model as it was read, and from where: its weights may lie beside it.
struct Source {
  const onnx::ModelProto& model;
  std::filesystem::path file;
};

/// Version of the standard operators that a model uses.
std::int64_t opset_of(const onnx::ModelProto& model);

class GraphWriter {
 public:
  explicit GraphWriter(const Source& source);

  /// `wanted`, or that with a number behind it where the graph has the name already.
  std::string unique(const std::string& wanted);

  /// A copy that may be changed until the next call.
  onnx::NodeProto& keep(const onnx::NodeProto& node);
  /// A node with one output, which gets the name `output`; returns it. It must be unique, or a value of the
  /// source that nothing else makes.
  std::string node(const std::string& op, const std::string& output, const std::vector<std::string>& inputs,
                   onnx::Attributes attributes = {});
  /// The same of com.microsoft.
  std::string microsoft_node(const std::string& op, const std::string& output,
                             const std::vector<std::string>& inputs);
  /// A node with several outputs.
  void node_with(const std::string& op, const std::vector<std::string>& inputs,
                 const std::vector<std::string>& outputs);

  /// Constants; the tensor's own name is ignored.
  std::string constant(const std::string& wanted, tensors::Tensor tensor);
  template <typename T>
  std::string constant(const std::string& wanted, tensors::DType type, const std::vector<T>& values,
                       const tensors::Shape& shape);
  /// One number or list that is made once for the whole graph.
  std::string shared_number(const std::string& name, float value);
  std::string shared_zero(const std::string& name, tensors::DType type);
  std::string shared_integers(const std::string& name, const std::vector<std::int64_t>& values);

  /// In the place of the outputs of the source.
  void replace_outputs(const std::vector<std::string>& names);

  /// Writes model.onnx and its weights into `folder`, without nodes and constants that no output needs.
  void write(const std::filesystem::path& folder);

 private:
  onnx::NodeProto& add(const std::string& op, const std::string& name,
                       const std::vector<std::string>& inputs);
  std::unordered_set<std::string> names_needed() const;
  void add_source_constant(onnx::BuiltModel& built, const onnx::TensorProto& tensor) const;
  void add_own_constant(onnx::BuiltModel& built, const std::string& name,
                        const tensors::Tensor& tensor) const;
  void add_values(onnx::GraphProto& graph, const std::unordered_set<std::string>& needed) const;
  tensors::Tensor read(const std::string& name) const;

  Source source_;
  std::unordered_set<std::string> names_;       ///< of values
  std::unordered_set<std::string> node_names_;  ///< engines refuse two nodes with one name
  std::vector<onnx::NodeProto> nodes_;
  std::map<std::string, tensors::Tensor> constants_;
  std::map<std::string, std::string> shared_;
  std::map<std::string, const onnx::TensorProto*> source_constants_;
  std::vector<std::string> outputs_;
  bool uses_microsoft_ = false;
};

template <typename T>
std::string GraphWriter::constant(const std::string& wanted, tensors::DType type,
                                  const std::vector<T>& values, const tensors::Shape& shape) {
  tensors::Tensor tensor(wanted, type, shape);
  const auto into = tensor.values<T>();
  std::copy(values.begin(), values.end(), into.begin());
  return constant(wanted, std::move(tensor));
}

}  // namespace inferometer::quantize
