// The worker's loop: reads requests on descriptor 3, answers on descriptor 4, times between.
#pragma once

#include <memory>

#include "sdk/cpp/engine.h"

namespace inferometer::worker {

using EngineFactory = std::unique_ptr<Engine> (*)();

/// The whole main of a C++ worker: `--describe` prints `description` as one JSON line and returns 0; else
/// serves until `close` or the end of the command stream. `--library PATH` is handed to Engine::open.
/// Returns the exit code.
int serve(int argc, char** argv, const protocol::Description& description, EngineFactory make_engine);

}  // namespace inferometer::worker
