#include "sdk/cpp/engine.h"

namespace inferometer::worker {

void Engine::prefill(std::span<std::int64_t>) {
  throw EngineError("this engine does not generate", /*unsupported=*/true);
}

void Engine::decode(std::span<std::int64_t> tokens) { Engine::prefill(tokens); }

}  // namespace inferometer::worker
