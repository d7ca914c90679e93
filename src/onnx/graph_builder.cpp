#include "onnx/graph_builder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "onnx/types.h"
#include "process/descriptor.h"

namespace inferometer::onnx {
namespace {

namespace fs = std::filesystem;

/// The format asks for page alignment so that engines can map the file.
constexpr std::uint64_t kAlignmentBytes = 4096;

void set(AttributeProto* attribute, std::int64_t value) {
  attribute->set_type(2);
  attribute->set_i(value);
}
void set(AttributeProto* attribute, float value) {
  attribute->set_type(1);
  attribute->set_f(value);
}
void set(AttributeProto* attribute, const std::vector<std::int64_t>& values) {
  attribute->set_type(7);
  attribute->mutable_ints()->Add(values.begin(), values.end());
}

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

tensors::Tensor transposed(const tensors::Tensor& source) {
  const auto rows = static_cast<std::size_t>(source.shape().at(0));
  const auto columns = static_cast<std::size_t>(source.shape().at(1));
  tensors::Tensor result(source.name(), source.type(), {source.shape()[1], source.shape()[0]});
  const auto from = source.values<float>();
  const auto to = result.values<float>();
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column)
      to[column * rows + row] = from[row * columns + column];
  }
  return result;
}

void write_at(const process::Descriptor& file, std::uint64_t offset, std::span<const std::byte> bytes,
              const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw base::UserError(path.string() + ": cannot be written: " + base::errno_text(errno));
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

}  // namespace

void set_attributes(NodeProto& node, Attributes attributes) {
  for (const auto& [name, value] : attributes) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    std::visit([&](const auto& held) { set(attribute, held); }, value);
  }
}

void store_beside(BuiltModel& built, TensorProto& tensor, PendingWeight weight) {
  weight.offset = built.weights_bytes;
  tensor.clear_raw_data();
  tensor.set_data_location(TensorProto::EXTERNAL);
  const std::pair<const char*, std::string> entries[] = {{"location", kWeightsFile},
                                                         {"offset", std::to_string(weight.offset)},
                                                         {"length", std::to_string(weight.size_bytes)}};
  tensor.clear_external_data();
  for (const auto& [key, value] : entries) {
    auto* entry = tensor.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }
  const std::uint64_t end = weight.offset + weight.size_bytes;
  built.weights_bytes = (end + kAlignmentBytes - 1) / kAlignmentBytes * kAlignmentBytes;
  built.weights.push_back(std::move(weight));
}

GraphBuilder::GraphBuilder(std::string graph_name, std::int64_t opset) {
  // IR 8 is that of opset 17's time: every engine in use reads it.
  built_.proto.set_ir_version(8);
  built_.proto.set_producer_name("inferometer");
  auto* imported = built_.proto.add_opset_import();
  imported->set_domain("");
  imported->set_version(opset);
  built_.proto.mutable_graph()->set_name(std::move(graph_name));
}

void GraphBuilder::note(const std::string& key, const std::string& value) {
  auto* property = built_.proto.add_metadata_props();
  property->set_key(key);
  property->set_value(value);
}

ValueInfoProto GraphBuilder::describe(const std::string& name, int element_code, const Dims& dims) const {
  ValueInfoProto value;
  value.set_name(name);
  auto* type = value.mutable_type()->mutable_tensor_type();
  type->set_elem_type(element_code);
  for (const auto& [size, dim_name] : dims) {
    auto* dim = type->mutable_shape()->add_dim();
    if (size > 0) {
      dim->set_dim_value(size);
    } else {
      dim->set_dim_param(dim_name);
    }
  }
  return value;
}

std::string GraphBuilder::input(const std::string& name, int element_code, const Dims& dims) {
  *built_.proto.mutable_graph()->add_input() = describe(name, element_code, dims);
  return name;
}

void GraphBuilder::output(const std::string& name, int element_code, const Dims& dims) {
  *built_.proto.mutable_graph()->add_output() = describe(name, element_code, dims);
}

std::string GraphBuilder::node(const std::string& op, const std::string& name,
                               const std::vector<std::string>& inputs, Attributes attributes) {
  auto* node = built_.proto.mutable_graph()->add_node();
  node->set_op_type(op);
  node->set_name(name);
  for (const auto& input : inputs) node->add_input(input);
  node->add_output(name);
  set_attributes(*node, attributes);
  return name;
}

std::string GraphBuilder::integers(const std::string& name, const std::vector<std::int64_t>& values,
                                   const tensors::Shape& shape) {
  auto* tensor = built_.proto.mutable_graph()->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(kInt64);
  tensor->mutable_dims()->Add(shape.begin(), shape.end());
  tensor->set_raw_data(bytes_of(values));
  return name;
}

std::string GraphBuilder::number(const std::string& name, float value) {
  auto* tensor = built_.proto.mutable_graph()->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(kFloat32);
  tensor->set_raw_data(bytes_of(std::vector<float>{value}));
  return name;
}

std::string GraphBuilder::weight(const std::string& name, const tensors::Shape& source_shape,
                                 bool transposed) {
  PendingWeight pending{name, transposed, 0, 0};
  pending.size_bytes = static_cast<std::uint64_t>(tensors::element_count(source_shape)) * sizeof(float);
  auto* tensor = built_.proto.mutable_graph()->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(kFloat32);
  tensor->mutable_dims()->Add(source_shape.begin(), source_shape.end());
  if (transposed) tensor->mutable_dims()->SwapElements(0, 1);
  store_beside(built_, *tensor, std::move(pending));
  return name;
}

BuiltModel GraphBuilder::finish() { return std::move(built_); }

namespace {

/// Of a model with at least one weight beside it.
void write_weights(const BuiltModel& built, const fs::path& path,
                   const std::function<tensors::Tensor(const std::string&)>& read) {
  const process::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  // Reserving the whole size first finds a full disk before the work, not after it.
  const int reserved =
      file.open() ? ::posix_fallocate(file.get(), 0, static_cast<off_t>(built.weights_bytes)) : errno;
  if (reserved != 0)
    throw base::UserError(path.string() + ": cannot be written: " + base::errno_text(reserved));
  for (const auto& weight : built.weights) {
    auto source = read(weight.name);
    INFEROMETER_CHECK(source.bytes().size() == weight.size_bytes, weight.name);
    if (weight.transposed) source = transposed(source);
    write_at(file, weight.offset, source.bytes(), path);
  }
  if (::fsync(file.get()) != 0) {
    throw base::UserError(path.string() + ": cannot be written: " + base::errno_text(errno));
  }
}

}  // namespace

void write_model(const BuiltModel& built, const fs::path& folder,
                 const std::function<tensors::Tensor(const std::string&)>& read) {
  if (!built.weights.empty()) write_weights(built, folder / kWeightsFile, read);
  base::write_file_atomically(folder / "model.onnx", built.proto.SerializeAsString());
}

}  // namespace inferometer::onnx
