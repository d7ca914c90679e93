// What every engine that reads ONNX has to pass. A test program of an engine is these tests and its own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "sdk/cpp/engine.h"
#include "testing/test_model.h"

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

class OnnxEngine : public ::testing::Test {
 protected:
  /// Opens the engine, or skips the test with the line that installs it.
  void SetUp() override;

  /// With the defaults of all options, one thread.
  protocol::Prepare request(const std::filesystem::path& file) const;
  protocol::PrepareReply prepare(const protocol::Prepare& request);
  protocol::PrepareReply prepare(const TestModel& model) { return prepare(request(written(model))); }
  std::optional<Refusal> refusal_of(const protocol::Prepare& request);

  std::filesystem::path written(const TestModel& model) const {
    return model.write(folder_.path() / "model.onnx");
  }
  std::filesystem::path folder() const { return folder_.path(); }
  /// Binds the inputs as the loop of the worker does, in the order of their names, and runs `runs` times.
  std::vector<tensors::Tensor> outputs_of(std::vector<tensors::Tensor> inputs, int runs = 3);

  std::unique_ptr<Engine> engine_;
  std::vector<std::string> phases_;

 private:
  base::ScratchFolder folder_{"onnx-engine"};
};

}  // namespace inferometer::worker
