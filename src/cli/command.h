// A command of the program: one row of the table in command_line.cpp. Its flags and its run are together in
// one file.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/text.h"

namespace inferometer::cli {

/// The words as typed, the program first.
struct Invocation {
  std::vector<std::string> words;
  std::string text() const { return base::join(words, " "); }
};

/// Returns the exit code.
using Run = std::function<int()>;

struct Command {
  const char* name;
  const char* summary;
  /// Adds the flags to `app`; what is returned runs the command with what was parsed. `invocation` is filled
  /// in before that.
  Run (*add)(CLI::App& app, const Invocation& invocation);
};

}  // namespace inferometer::cli
