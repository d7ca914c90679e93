#include "onnx/graph_index.h"

#include <cstring>

#include "onnx/types.h"

namespace inferometer::onnx {
namespace {

template <typename T>
std::vector<std::int64_t> integers_from(const std::string& raw) {
  std::vector<std::int64_t> values;
  for (std::size_t at = 0; at + sizeof(T) <= raw.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, raw.data() + at, sizeof(T));
    values.push_back(value);
  }
  return values;
}

}  // namespace

GraphIndex::GraphIndex(const GraphProto& graph) {
  const auto add_constant = [this](const std::string& name, const TensorProto& tensor) {
    constant_by_name_.emplace(name, &tensor);
    constants_.push_back(&tensor);
  };
  for (const auto& tensor : graph.initializer()) add_constant(tensor.name(), tensor);
  for (const auto& node : graph.node()) {
    for (int i = 0; i < node.input_size(); ++i) uses_[node.input(i)].push_back({&node, i});
    for (const auto& output : node.output()) producers_.emplace(output, &node);
    if (node.op_type() != "Constant" || node.output_size() != 1) continue;
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == "value" && attribute.has_t()) add_constant(node.output(0), attribute.t());
    }
  }
}

const std::vector<Use>& GraphIndex::uses(const std::string& value) const {
  static const std::vector<Use> none;
  const auto found = uses_.find(value);
  return found == uses_.end() ? none : found->second;
}

const NodeProto* GraphIndex::producer(const std::string& value) const {
  const auto found = producers_.find(value);
  return found == producers_.end() ? nullptr : found->second;
}

const TensorProto* GraphIndex::constant(const std::string& value) const {
  const auto found = constant_by_name_.find(value);
  return found == constant_by_name_.end() ? nullptr : found->second;
}

const TensorProto* GraphIndex::stored_table(const std::string& value) const {
  std::string name = value;
  // The graph has no cycle, so the walk ends.
  while (true) {
    if (const auto* tensor = constant(name)) return tensor;
    const auto* node = producer(name);
    const bool keeps_rows = node != nullptr && (node->op_type() == "Identity" || node->op_type() == "Cast" ||
                                                node->op_type() == "DequantizeLinear");
    if (!keeps_rows || node->input_size() == 0) return nullptr;
    name = node->input(0);
  }
}

std::int64_t integer_attribute(const NodeProto& node, std::string_view name, std::int64_t absent) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name && attribute.has_i()) return attribute.i();
  }
  return absent;
}

std::optional<std::vector<std::int64_t>> integers_of(const TensorProto& tensor) {
  if (tensor.data_location() == TensorProto::EXTERNAL) return std::nullopt;
  if (tensor.data_type() == kInt64) {
    if (tensor.has_raw_data()) return integers_from<std::int64_t>(tensor.raw_data());
    return std::vector<std::int64_t>(tensor.int64_data().begin(), tensor.int64_data().end());
  }
  if (tensor.data_type() == kInt32) {
    if (tensor.has_raw_data()) return integers_from<std::int32_t>(tensor.raw_data());
    return std::vector<std::int64_t>(tensor.int32_data().begin(), tensor.int32_data().end());
  }
  return std::nullopt;
}

}  // namespace inferometer::onnx
