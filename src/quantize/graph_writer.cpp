#include "quantize/graph_writer.h"

#include <cstdlib>
#include <cstring>
#include <functional>
#include <unordered_map>

#include "base/error.h"
#include "onnx/stored_elements.h"
#include "onnx/types.h"

namespace inferometer::quantize {
namespace {

using tensors::DType;
using tensors::Tensor;

/// Constants up to this size stay inside the model.
constexpr std::size_t kInlineBytes = 1024;
constexpr const char* kMicrosoft = "com.microsoft";

int code_of(DType type) {
  switch (type) {
    case DType::Int8:
      return onnx::kInt8;
    case DType::Uint8:
      return onnx::kUint8;
    case DType::Int64:
      return onnx::kInt64;
    case DType::Float32:
      return onnx::kFloat32;
    default:
      INFEROMETER_CHECK(false, "element type of a constant");
      std::abort();
  }
}

void for_each_subgraph(const onnx::NodeProto& node,
                       const std::function<void(const onnx::GraphProto&)>& visit) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) visit(attribute.g());
    for (const auto& graph : attribute.graphs()) visit(graph);
  }
}

/// Every name that a graph reads or makes, with those of the graphs inside it.
void collect_names(const onnx::GraphProto& graph, std::unordered_set<std::string>& names) {
  for (const auto& value : graph.input()) names.insert(value.name());
  for (const auto& value : graph.output()) names.insert(value.name());
  for (const auto& tensor : graph.initializer()) names.insert(tensor.name());
  for (const auto& tensor : graph.sparse_initializer()) names.insert(tensor.values().name());
  for (const auto& node : graph.node()) {
    names.insert(node.input().begin(), node.input().end());
    names.insert(node.output().begin(), node.output().end());
    for_each_subgraph(node, [&](const onnx::GraphProto& inner) { collect_names(inner, names); });
  }
}

/// `wanted`, or that with a number behind it; it is among `used` then.
std::string unused(const std::string& wanted, std::unordered_set<std::string>& used) {
  std::string name = wanted;
  for (int i = 1; !used.insert(name).second; ++i) name = wanted + "." + std::to_string(i);
  return name;
}

/// Tensors in attributes take their weights along.
void store_inside(onnx::NodeProto& node, const std::filesystem::path& file);
void store_inside(onnx::TensorProto& tensor, const std::filesystem::path& file) {
  if (tensor.data_location() != onnx::TensorProto::EXTERNAL) return;
  auto bytes = onnx::stored_bytes(tensor, file);
  tensor.clear_external_data();
  tensor.clear_data_location();
  tensor.set_raw_data(std::move(bytes));
}
void store_inside(onnx::GraphProto& graph, const std::filesystem::path& file) {
  for (auto& tensor : *graph.mutable_initializer()) store_inside(tensor, file);
  for (auto& node : *graph.mutable_node()) store_inside(node, file);
}
void store_inside(onnx::NodeProto& node, const std::filesystem::path& file) {
  for (auto& attribute : *node.mutable_attribute()) {
    if (attribute.has_t()) store_inside(*attribute.mutable_t(), file);
    for (auto& tensor : *attribute.mutable_tensors()) store_inside(tensor, file);
    if (attribute.has_g()) store_inside(*attribute.mutable_g(), file);
    for (auto& graph : *attribute.mutable_graphs()) store_inside(graph, file);
  }
}

}  // namespace

std::int64_t opset_of(const onnx::ModelProto& model) {
  for (const auto& opset : model.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") return opset.version();
  }
  return 1;
}

GraphWriter::GraphWriter(const Source& source) : source_(source) {
  collect_names(source.model.graph(), names_);
  for (const auto& node : source.model.graph().node()) node_names_.insert(node.name());
  for (const auto& tensor : source.model.graph().initializer())
    source_constants_.emplace(tensor.name(), &tensor);
}

std::string GraphWriter::unique(const std::string& wanted) { return unused(wanted, names_); }

onnx::NodeProto& GraphWriter::keep(const onnx::NodeProto& node) {
  auto& copy = nodes_.emplace_back(node);
  store_inside(copy, source_.file);
  return copy;
}

onnx::NodeProto& GraphWriter::add(const std::string& op, const std::string& name,
                                  const std::vector<std::string>& inputs) {
  auto& node = nodes_.emplace_back();
  node.set_op_type(op);
  node.set_name(unused(name, node_names_));
  for (const auto& input : inputs) node.add_input(input);
  return node;
}

std::string GraphWriter::node(const std::string& op, const std::string& output,
                              const std::vector<std::string>& inputs, onnx::Attributes attributes) {
  auto& node = add(op, output, inputs);
  node.add_output(output);
  onnx::set_attributes(node, attributes);
  return output;
}

std::string GraphWriter::microsoft_node(const std::string& op, const std::string& output,
                                        const std::vector<std::string>& inputs) {
  auto& node = add(op, output, inputs);
  node.set_domain(kMicrosoft);
  node.add_output(output);
  uses_microsoft_ = true;
  return output;
}

void GraphWriter::node_with(const std::string& op, const std::vector<std::string>& inputs,
                            const std::vector<std::string>& outputs) {
  auto& node = add(op, outputs.front(), inputs);
  for (const auto& output : outputs) node.add_output(output);
}

std::string GraphWriter::constant(const std::string& wanted, Tensor tensor) {
  const auto name = unique(wanted);
  constants_.emplace(name, std::move(tensor));
  return name;
}

std::string GraphWriter::shared_number(const std::string& name, float value) {
  auto& made = shared_[name];
  if (made.empty()) made = constant(name, DType::Float32, std::vector<float>{value}, {});
  return made;
}

std::string GraphWriter::shared_zero(const std::string& name, DType type) {
  auto& made = shared_[name];
  if (made.empty()) made = constant(name, Tensor(name, type, {}));
  return made;
}

std::string GraphWriter::shared_integers(const std::string& name, const std::vector<std::int64_t>& values) {
  auto& made = shared_[name];
  if (made.empty()) made = constant(name, DType::Int64, values, {static_cast<std::int64_t>(values.size())});
  return made;
}

void GraphWriter::replace_outputs(const std::vector<std::string>& names) { outputs_ = names; }

std::unordered_set<std::string> GraphWriter::names_needed() const {
  std::unordered_map<std::string, const onnx::NodeProto*> producers;
  for (const auto& node : nodes_) {
    for (const auto& output : node.output()) producers.emplace(output, &node);
  }
  std::vector<std::string> waiting = outputs_;
  if (outputs_.empty()) {
    for (const auto& output : source_.model.graph().output()) waiting.push_back(output.name());
  }
  std::unordered_set<std::string> needed;
  while (!waiting.empty()) {
    const auto name = std::move(waiting.back());
    waiting.pop_back();
    if (!needed.insert(name).second) continue;
    const auto producer = producers.find(name);
    if (producer == producers.end()) continue;
    std::unordered_set<std::string> read(producer->second->input().begin(), producer->second->input().end());
    for_each_subgraph(*producer->second, [&](const onnx::GraphProto& inner) { collect_names(inner, read); });
    waiting.insert(waiting.end(), read.begin(), read.end());
  }
  return needed;
}

void GraphWriter::add_source_constant(onnx::BuiltModel& built, const onnx::TensorProto& tensor) const {
  auto& copy = *built.proto.mutable_graph()->add_initializer();
  const bool outside = tensor.data_location() == onnx::TensorProto::EXTERNAL;
  if (!outside && tensor.raw_data().size() <= kInlineBytes) {
    copy = tensor;
    return;
  }
  const auto type = onnx::element_type(tensor.data_type());
  const auto size =
      onnx::packed_bytes(*type, tensors::element_count({tensor.dims().begin(), tensor.dims().end()}));
  *copy.mutable_dims() = tensor.dims();
  copy.set_data_type(tensor.data_type());
  copy.set_name(tensor.name());
  onnx::store_beside(built, copy, {tensor.name(), false, 0, *size});
}

void GraphWriter::add_own_constant(onnx::BuiltModel& built, const std::string& name,
                                   const Tensor& tensor) const {
  auto& proto = *built.proto.mutable_graph()->add_initializer();
  proto.set_name(name);
  proto.set_data_type(code_of(tensor.type()));
  proto.mutable_dims()->Add(tensor.shape().begin(), tensor.shape().end());
  const auto bytes = tensor.bytes();
  if (bytes.size() > kInlineBytes) {
    onnx::store_beside(built, proto, {name, false, 0, bytes.size()});
  } else {
    proto.set_raw_data(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
}

Tensor GraphWriter::read(const std::string& name) const {
  if (const auto own = constants_.find(name); own != constants_.end()) return own->second.clone();
  const auto bytes = onnx::stored_bytes(*source_constants_.at(name), source_.file);
  Tensor tensor(name, DType::Uint8, {static_cast<std::int64_t>(bytes.size())});
  std::memcpy(tensor.bytes().data(), bytes.data(), bytes.size());
  return tensor;
}

void GraphWriter::add_values(onnx::GraphProto& graph, const std::unordered_set<std::string>& needed) const {
  const auto& source = source_.model.graph();
  for (const auto& input : source.input()) {
    // Before IR 4 a constant was an input too.
    if (!source_constants_.contains(input.name()) || needed.contains(input.name()))
      *graph.add_input() = input;
  }
  *graph.mutable_sparse_initializer() = source.sparse_initializer();
  if (outputs_.empty()) *graph.mutable_output() = source.output();
  for (const auto& name : outputs_) {
    auto* output = graph.add_output();
    output->set_name(name);
    output->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::kFloat32);
  }
}

void GraphWriter::write(const std::filesystem::path& folder) {
  const auto& source = source_.model;
  onnx::BuiltModel built;
  // Everything but the weights, which may fill the memory.
  for (const auto& opset : source.opset_import()) *built.proto.add_opset_import() = opset;
  const auto& imported = source.opset_import();
  const bool known = std::any_of(imported.begin(), imported.end(),
                                 [](const auto& opset) { return opset.domain() == kMicrosoft; });
  if (uses_microsoft_ && !known) {
    auto* opset = built.proto.add_opset_import();
    opset->set_domain(kMicrosoft);
    opset->set_version(1);
  }
  built.proto.set_ir_version(source.ir_version());
  built.proto.set_producer_name("inferometer");
  *built.proto.mutable_metadata_props() = source.metadata_props();
  *built.proto.mutable_functions() = source.functions();
  auto& graph = *built.proto.mutable_graph();
  graph.set_name(source.graph().name());
  const auto needed = names_needed();
  for (const auto& node : nodes_) {
    const bool is_needed = std::any_of(node.output().begin(), node.output().end(),
                                       [&](const auto& output) { return needed.contains(output); });
    if (is_needed) *graph.add_node() = node;
  }
  add_values(graph, needed);
  for (const auto& tensor : source.graph().initializer())
    if (needed.contains(tensor.name())) add_source_constant(built, tensor);
  for (const auto& [name, tensor] : constants_)
    if (needed.contains(name)) add_own_constant(built, name, tensor);
  onnx::write_model(built, folder, [this](const std::string& name) { return read(name); });
}

}  // namespace inferometer::quantize
