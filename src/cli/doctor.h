// `inferometer doctor`: what this machine has, what is missing, and what will disturb measurements here.
#pragma once

#include "cli/command.h"

namespace inferometer::cli {

Run add_doctor(CLI::App& app, const Invocation& invocation);

/// Prints to stdout; looks at the CPUs for one second. Exit 3 when no engine can run.
int run_doctor();

}  // namespace inferometer::cli
