// An opened engine for the tests of a worker, driven as the loop of the worker drives it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "sdk/cpp/engine.h"
#include "tensors/tensor.h"

namespace inferometer::worker {

/// Defined by the test program.
protocol::Description description_under_test();
std::unique_ptr<Engine> engine_under_test();

/// The engine's library: INFEROMETER_<ENGINE>_LIBRARY, else that of an installed package.
std::optional<std::filesystem::path> library_under_test();

/// Reasons why the engine says no; nothing where it does not.
struct Refusal {
  std::string reason;
  bool unsupported = false;
};

class EngineTest : public ::testing::Test {
 protected:
  /// Opens the engine, or skips the test with the line that installs it.
  void SetUp() override;

  /// With the defaults of all options, one thread.
  protocol::Load request(const std::filesystem::path& file) const;
  protocol::LoadReply load(const protocol::Load& request);
  std::optional<Refusal> refusal_of(const protocol::Load& request);

  std::filesystem::path folder() const { return folder_.path(); }
  /// Binds the inputs as the loop of the worker does, in the order of their names, and runs `runs` times.
  std::vector<tensors::Tensor> outputs_of(std::vector<tensors::Tensor> inputs, int runs = 3);

  std::unique_ptr<Engine> engine_;
  std::vector<std::string> phases_;

 private:
  base::ScratchFolder folder_{"engine-test"};
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
