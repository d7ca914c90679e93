// `inferometer suite`: every experiment of a suite file, one after the other, into one folder of results.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "campaign/campaign.h"
#include "cli/command.h"

namespace inferometer::cli {

/// The flags as typed.
struct SuiteArguments {
  std::string suite;              ///< a file, or "full": the shipped one
  campaign::Overrides overrides;  ///< what goes before the file
  std::optional<std::uint64_t> seed;
  bool dry_run = false;
  std::string output;  ///< empty: results/NAME_benchmark_TIME
  std::string progress = "auto";
};

void add_flags(CLI::App& app, SuiteArguments& arguments);
Run add_suite(CLI::App& app, const Invocation& invocation);

/// Goes on with the suite in this folder of results. Returns 0, 1 (an experiment or a candidate failed), 5
/// (cannot tell) or 130 (interrupted).
int resume_suite(const std::filesystem::path& results, const std::string& progress);

}  // namespace inferometer::cli
