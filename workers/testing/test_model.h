// Small ONNX files that tests of engines make for themselves.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "onnx/onnx.pb.h"
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

}  // namespace inferometer::worker
