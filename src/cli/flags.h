// Flags that several commands have.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/outputs.h"

namespace inferometer::cli {

void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed);

/// Where results go; the same for everything that reports.
void add_outputs(CLI::App& command, Outputs& outputs, const char* without_folder);

void add_progress(CLI::App& command, std::string& progress);

/// --resume with what it is that is gone on with; no flag that the command has by now may stand beside it but
/// those that are added later.
void add_resume(CLI::App& command, std::string& resume, const char* what);

}  // namespace inferometer::cli
