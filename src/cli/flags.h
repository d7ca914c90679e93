// Flags that several commands have, and the flags that fields of a request come from.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/field_error.h"
#include "cli/outputs.h"

namespace inferometer::cli {

void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed);

/// Where reports go; the same for everything that reports.
void add_outputs(CLI::App& command, Outputs& outputs, const char* without_folder);

void add_progress(CLI::App& command, std::string& progress);

/// A list of words, separated by commas or given repeatedly. One word each time: the next may be a
/// positional.
CLI::Option* add_list(CLI::App& command, const std::string& flags, std::vector<std::string>& words,
                      const std::string& description);
CLI::Option* add_list(CLI::App& command, const std::string& flags, std::vector<std::int64_t>& numbers,
                      const std::string& description);
/// A word each time, commas are a part of it.
CLI::Option* add_repeatable(CLI::App& command, const std::string& flags, std::vector<std::string>& words,
                            const std::string& description);
/// A flag without a value.
CLI::Option* add_switch(CLI::App& command, const std::string& flags, bool& value,
                        const std::string& description);

/// "batch_sizes" is --batch-sizes.
std::string flag_of(const std::string& field);

/// Runs `action`; where a field of its request is wrong, the message names the flag.
template <typename Action>
auto naming_flags(Action action) {
  try {
    return action();
  } catch (const base::FieldError& error) {
    throw base::UserError(flag_of(error.field()) + ": " + error.message());
  }
}

}  // namespace inferometer::cli
