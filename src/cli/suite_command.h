// `inferometer suite`: every experiment of a suite file, one after the other, into one folder of results.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inferometer::cli {

/// The flags as typed; what is given goes before the file.
struct SuiteArguments {
  std::vector<std::string> command_line;
  std::string suite;  ///< a file, or "full": the shipped one
  std::string mode;   ///< empty: that of the file
  std::vector<std::int64_t> batch_sizes;
  std::vector<std::int64_t> sequence_lengths;
  std::vector<std::string> threads;
  std::optional<double> budget_seconds;
  std::optional<double> margin_percent;
  std::optional<std::uint64_t> seed;
  bool dry_run = false;
  std::string output;  ///< empty: results/NAME_benchmark_TIME
  std::string progress = "auto";
};

/// Returns 0, 1 (an experiment or a candidate failed), 5 (cannot tell) or 130 (interrupted).
int run_suite(const SuiteArguments& arguments);

/// Goes on with the suite in the folder `results`. `arguments` are those of its command.
int resume_suite(const SuiteArguments& arguments, const std::string& results);

}  // namespace inferometer::cli
