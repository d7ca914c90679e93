// Children that take one JSON value on stdin and answer with one on stdout.
#pragma once

#include <chrono>
#include <string>

#include "base/json.h"
#include "process/process.h"

namespace inferometer::inputs {

/// `who` starts the messages. Throws base::UserError when the child answers `{"error": ...}` with exit 2, and
/// when it ends otherwise than with exit 0 and an answer, with the last line of its log.
base::Json ask_child(process::SpawnRequest spawn, const base::Json& question, const std::string& who,
                     std::chrono::nanoseconds timeout);

}  // namespace inferometer::inputs
