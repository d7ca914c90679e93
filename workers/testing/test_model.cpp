#include "testing/test_model.h"

#include "base/error.h"
#include "base/files.h"

namespace inferometer::worker {
namespace {

void describe(onnx::ValueInfoProto& value, const std::string& name, int type, const tensors::Shape& shape) {
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  auto& dimensions = *tensor.mutable_shape();
  for (const std::int64_t size : shape) {
    auto& dimension = *dimensions.add_dim();
    if (size >= 0) dimension.set_dim_value(size);
  }
}

}  // namespace

int onnx_type(tensors::DType type) {
  using tensors::DType;
  switch (type) {
    case DType::Float32:
      return 1;
    case DType::Uint8:
      return 2;
    case DType::Int8:
      return 3;
    case DType::Uint16:
      return 4;
    case DType::Int16:
      return 5;
    case DType::Int32:
      return 6;
    case DType::Int64:
      return 7;
    case DType::Bool:
      return 9;
    case DType::Float16:
      return 10;
    case DType::Float64:
      return 11;
    case DType::Uint32:
      return 12;
    case DType::Uint64:
      return 13;
    case DType::BFloat16:
      return 16;
  }
  INFEROMETER_CHECK(false, "no such element type");
}

TestModel::TestModel() {
  constexpr int kIrVersion = 8;
  constexpr int kOpset = 17;
  model_.set_ir_version(kIrVersion);
  auto& opset = *model_.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
  graph().set_name("test");
}

TestModel& TestModel::input(const std::string& name, int type, const tensors::Shape& shape) {
  describe(*graph().add_input(), name, type, shape);
  return *this;
}

TestModel& TestModel::output(const std::string& name, int type, const tensors::Shape& shape) {
  describe(*graph().add_output(), name, type, shape);
  return *this;
}

TestModel& TestModel::node(const std::string& operation, const std::vector<std::string>& inputs,
                           const std::string& output) {
  auto& node = *graph().add_node();
  node.set_op_type(operation);
  node.set_name(output + "_node");
  for (const auto& input : inputs) node.add_input(input);
  node.add_output(output);
  return *this;
}

TestModel& TestModel::attribute(const std::string& name, std::int64_t value) {
  constexpr int kInteger = 2;
  auto& attribute = *graph().mutable_node(graph().node_size() - 1)->add_attribute();
  attribute.set_name(name);
  attribute.set_type(kInteger);
  attribute.set_i(value);
  return *this;
}

TestModel& TestModel::external_constant(const std::string& name, const tensors::Shape& shape,
                                        const std::string& file) {
  auto& constant = *graph().add_initializer();
  constant.set_name(name);
  constant.set_data_type(onnx_type(tensors::DType::Float32));
  for (const std::int64_t size : shape) constant.add_dims(size);
  constant.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& location = *constant.add_external_data();
  location.set_key("location");
  location.set_value(file);
  return *this;
}

std::filesystem::path TestModel::write(const std::filesystem::path& file) const {
  base::write_file_atomically(file, bytes());
  return file;
}

}  // namespace inferometer::worker
