// The program inferometer-worker-tensorflow.
#include <memory>

#include "sdk/cpp/serve.h"
#include "tensorflow/tensorflow_engine.h"

int main(int argc, char** argv) {
  using namespace inferometer::worker;
  return serve(argc, argv, tensorflow::description(),
               []() -> std::unique_ptr<Engine> { return std::make_unique<tensorflow::TensorFlowEngine>(); });
}
