// How a worker ended or refused, in words.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "process/process.h"

namespace inferometer::session {

/// "0.3 s".
std::string in_text(std::chrono::nanoseconds duration);

/// "1 process", "2 processes".
std::string processes(int count);

/// What an end without a reply was. `unfinished_bytes` of a reply had come.
std::string describe_end(const process::Exit& exit, std::size_t unfinished_bytes);

/// What follows "ERROR: " in the last line of the log that begins so; empty: there is none.
std::string last_error_line(const std::string& log);

}  // namespace inferometer::session
