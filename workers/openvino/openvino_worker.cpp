// The program inferometer-worker-openvino.
#include <memory>

#include "openvino/openvino_engine.h"
#include "sdk/cpp/serve.h"

int main(int argc, char** argv) {
  using namespace inferometer::worker;
  return serve(argc, argv, openvino::description(),
               []() -> std::unique_ptr<Engine> { return std::make_unique<openvino::OpenVinoEngine>(); });
}
