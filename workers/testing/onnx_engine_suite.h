// What every engine that reads ONNX has to pass. A test program of an engine is these tests and its own.
#pragma once

#include <filesystem>

#include "testing/engine_fixture.h"
#include "testing/test_model.h"

namespace inferometer::worker {

class OnnxEngine : public EngineTest {
 protected:
  using EngineTest::load;
  protocol::LoadReply load(const TestModel& model) { return load(request(written(model))); }

  std::filesystem::path written(const TestModel& model) const { return model.write(folder() / "model.onnx"); }
};

}  // namespace inferometer::worker
