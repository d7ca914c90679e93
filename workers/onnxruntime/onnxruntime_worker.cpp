// The program inferometer-worker-onnxruntime.
#include <memory>

#include "onnxruntime/onnxruntime_engine.h"
#include "sdk/cpp/serve.h"

int main(int argc, char** argv) {
  using namespace inferometer::worker;
  return serve(argc, argv, onnxruntime::description(), []() -> std::unique_ptr<Engine> {
    return std::make_unique<onnxruntime::OnnxRuntimeEngine>();
  });
}
