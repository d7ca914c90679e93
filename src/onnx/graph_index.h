// The values of an ONNX graph by name: who makes them, who reads them, which are constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/onnx.pb.h"

namespace inferometer::models {

/// One place where a value is read.
struct Use {
  const onnx::NodeProto* node;
  int input;
};

/// Of the outermost graph only; refers into the graph, which must outlive it and stay as it is.
class GraphIndex {
 public:
  explicit GraphIndex(const onnx::GraphProto& graph);

  const std::vector<Use>& uses(const std::string& value) const;
  /// Nothing when an input or an initializer holds the value.
  const onnx::NodeProto* producer(const std::string& value) const;
  /// The initializer or Constant node behind a value; nothing when it is computed.
  const onnx::TensorProto* constant(const std::string& value) const;
  /// As `constant`, also behind Identity, Cast and DequantizeLinear.
  const onnx::TensorProto* stored_table(const std::string& value) const;
  /// Initializers and the tensors of Constant nodes.
  const std::vector<const onnx::TensorProto*>& constants() const { return constants_; }

 private:
  std::unordered_map<std::string, std::vector<Use>> uses_;
  std::unordered_map<std::string, const onnx::NodeProto*> producers_;
  std::unordered_map<std::string, const onnx::TensorProto*> constant_by_name_;
  std::vector<const onnx::TensorProto*> constants_;
};

/// The integer attribute of that name, or `absent`.
std::int64_t integer_attribute(const onnx::NodeProto& node, std::string_view name, std::int64_t absent);

/// The elements of a small int64 or int32 tensor inside the file; nothing for other types and external data.
std::optional<std::vector<std::int64_t>> integers_of(const onnx::TensorProto& tensor);

}  // namespace inferometer::models
