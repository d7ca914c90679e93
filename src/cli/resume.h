// `inferometer resume`: what did not end goes on where it was.
#pragma once

#include <string>

#include "cli/command.h"
#include "cli/outputs.h"

namespace inferometer::cli {

struct ResumeArguments {
  std::string what =
      "last";       ///< id of an experiment, path of its record, folder of a suite's results, "last"
  Outputs outputs;  ///< instead of those that the experiment was started with, where any is named
  std::string progress = "auto";
};

void add_flags(CLI::App& app, ResumeArguments& arguments);
Run add_resume(CLI::App& app, const Invocation& invocation);

/// Returns the exit code of the command that is gone on with. A part of a suite goes on with its suite.
int run_resume(const ResumeArguments& arguments);

}  // namespace inferometer::cli
