// `inferometer init`: a commented suite file to start from.
#pragma once

#include <string>

#include "cli/command.h"

namespace inferometer::cli {

Run add_init(CLI::App& app, const Invocation& invocation);

/// Writes the shipped suite to `file`. Throws base::UserError when there is something at that path already or
/// it cannot be written. Returns the exit code.
int run_init(const std::string& file);

}  // namespace inferometer::cli
