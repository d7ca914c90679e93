// Words to the arguments of a command, for tests.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace inferometer::cli {

/// Throws CLI::ParseError.
template <typename Arguments>
Arguments parsed(std::vector<std::string> words) {
  CLI::App app;
  Arguments arguments;
  add_flags(app, arguments);
  std::reverse(words.begin(), words.end());
  app.parse(words);
  return arguments;
}

}  // namespace inferometer::cli
