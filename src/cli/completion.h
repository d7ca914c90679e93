// `inferometer completion`: a script that completes commands, flags and known names.
#pragma once

#include <string>

#include "cli/command.h"

namespace inferometer::cli {

Run add_completion(CLI::App& app, const Invocation& invocation);

/// The completion script of `shell` for the program `app`: bash, zsh or fish. Throws base::UserError for
/// another word.
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace inferometer::cli
