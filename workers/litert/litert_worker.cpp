// The program inferometer-worker-litert.
#include <memory>

#include "litert/litert_engine.h"
#include "sdk/cpp/serve.h"

int main(int argc, char** argv) {
  using namespace inferometer::worker;
  return serve(argc, argv, litert::description(),
               []() -> std::unique_ptr<Engine> { return std::make_unique<litert::LiteRtEngine>(); });
}
