// The values of an ONNX graph by name: who makes them, who reads them, which are constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "onnx/onnx.pb.h"

namespace inferometer::onnx {

/// One place where a value is read.
struct Use {
  const NodeProto* node;
  int input;
};

/// Of the outermost graph only; refers into the graph, which must outlive it and stay as it is.
class GraphIndex {
 public:
  explicit GraphIndex(const GraphProto& graph);

  const std::vector<Use>& uses(const std::string& value) const;
  /// Nothing when an input or an initializer holds the value.
  const NodeProto* producer(const std::string& value) const;
  /// The initializer or Constant node behind a value; nothing when it is computed.
  const TensorProto* constant(const std::string& value) const;
  /// As `constant`, also behind Identity, Cast and DequantizeLinear.
  const TensorProto* stored_table(const std::string& value) const;
  /// Initializers and the tensors of Constant nodes.
  const std::vector<const TensorProto*>& constants() const { return constants_; }

 private:
  std::unordered_map<std::string, std::vector<Use>> uses_;
  std::unordered_map<std::string, const NodeProto*> producers_;
  std::unordered_map<std::string, const TensorProto*> constant_by_name_;
  std::vector<const TensorProto*> constants_;
};

/// The integer attribute of that name, or `absent`.
std::int64_t integer_attribute(const NodeProto& node, std::string_view name, std::int64_t absent);

/// The elements of a small int64 or int32 tensor inside the file; nothing for other types and external data.
std::optional<std::vector<std::int64_t>> integers_of(const TensorProto& tensor);

}  // namespace inferometer::onnx
