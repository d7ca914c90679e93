// `inferometer compare`: models, engines and workloads to a verdict.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/outputs.h"

namespace inferometer::cli {

/// The flags as typed; empty lists mean the default.
struct CompareArguments {
  std::vector<std::string> command_line;  ///< the whole command, for the record
  std::vector<std::string> models;
  std::string set;
  std::vector<std::string> engines;
  std::vector<std::string> variants;
  std::vector<std::string> precisions;
  std::vector<std::string> threads;
  std::vector<std::int64_t> batch_sizes;
  std::vector<std::int64_t> sequence_lengths;
  std::vector<std::string> candidates;
  std::vector<std::string> options;  ///< ENGINE.NAME=VALUE
  std::vector<std::string> dims;     ///< NAME=N
  std::vector<std::string> inputs;   ///< NAME=FILE or FILE
  std::string texts;
  std::string images;
  std::string image_scaling;
  bool synthetic_weights = false;
  std::string baseline;
  std::string mode = "standard";
  std::optional<double> budget_seconds;
  std::optional<double> margin_percent;
  std::optional<std::uint64_t> seed;
  bool exact_counts = false;
  bool rank_unverified = false;
  bool dry_run = false;
  std::string resume;             ///< id, "last", a path; empty: a new experiment
  std::string progress = "auto";  ///< auto, plain, none
  Outputs outputs;
};

/// Returns the exit code.
int run_compare(const CompareArguments& arguments);

/// Goes on with an unfinished record. `arguments` are those of the recorded command, so that models and
/// inputs can be laid out again; what is measured comes from the recorded plan.
int resume_compare(const CompareArguments& arguments, const std::filesystem::path& record);

}  // namespace inferometer::cli
