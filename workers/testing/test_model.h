// Small ONNX files that tests of engines make for themselves.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/onnx.pb.h"
#include "tensors/tensor.h"

namespace inferometer::worker {

/// The ONNX number of tensors of strings, which are no tensors of ours.
constexpr int kOnnxString = 8;
int onnx_type(tensors::DType type);

class TestModel {
 public:
  TestModel();
  /// A dimension of -1 is dynamic.
  TestModel& input(const std::string& name, int type, const tensors::Shape& shape);
  TestModel& output(const std::string& name, int type, const tensors::Shape& shape);
  TestModel& node(const std::string& operation, const std::vector<std::string>& inputs,
                  const std::string& output);
  /// An integer attribute of the last node.
  TestModel& attribute(const std::string& name, std::int64_t value);
  /// A float32 constant whose bytes stand at the beginning of `file`, beside the model.
  TestModel& external_constant(const std::string& name, const tensors::Shape& shape, const std::string& file);

  std::string bytes() const { return model_.SerializeAsString(); }
  /// Returns `file`.
  std::filesystem::path write(const std::filesystem::path& file) const;

 private:
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  onnx::ModelProto model_;
};

/// A tensor with these elements; T must have the size of the element type.
template <typename T>
tensors::Tensor tensor_of(const std::string& name, tensors::DType type, const tensors::Shape& shape,
                          const std::vector<T>& values) {
  tensors::Tensor tensor(name, type, shape);
  std::copy(values.begin(), values.end(), tensor.values<T>().begin());
  return tensor;
}

inline tensors::Tensor floats(const std::string& name, const tensors::Shape& shape,
                              const std::vector<float>& values) {
  return tensor_of<float>(name, tensors::DType::Float32, shape, values);
}

/// Tensors only move, so that a braced list of them does not compile.
template <typename... Tensors>
std::vector<tensors::Tensor> list(Tensors... given) {
  std::vector<tensors::Tensor> all;
  (all.push_back(std::move(given)), ...);
  return all;
}

}  // namespace inferometer::worker
