// The table of commands: parsing, help and shell completion come from it.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "cli/command.h"

namespace inferometer::cli {

const std::vector<Command>& commands();

/// The program with all its commands.
class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App& app() { return app_; }
  /// Throws CLI::ParseError; also for --help and --version.
  void parse(int argc, char** argv);
  /// Runs the command that was parsed; returns its exit code.
  int run() const;

 private:
  CLI::App app_;
  Invocation invocation_;
  std::map<const CLI::App*, Run> runs_;
};

}  // namespace inferometer::cli
