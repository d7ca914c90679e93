// `inferometer compare`: models, engines and workloads to a verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/outputs.h"
#include "experiment/request.h"

namespace inferometer::cli {

/// The flags as typed; empty lists mean the default.
struct CompareArguments {
  std::vector<std::string> models;
  std::string set;
  std::vector<std::string> engines;
  std::vector<std::string> devices;
  std::vector<std::string> variants;
  std::vector<std::string> precisions;
  std::vector<std::string> threads;
  std::vector<std::int64_t> batch_sizes;
  std::vector<std::int64_t> sequence_lengths;
  std::vector<std::int64_t> prompt_lengths;
  std::optional<std::int64_t> new_tokens;
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
  std::string progress = "auto";  ///< auto, plain, none
  Outputs outputs;
};

void add_flags(CLI::App& app, CompareArguments& arguments);
Run add_compare(CLI::App& app, const Invocation& invocation);

/// What the flags ask for, with absolute paths; `command` is for people. Throws base::UserError that names
/// the flag.
experiment::Request request_of(const CompareArguments& arguments, const std::string& command);

}  // namespace inferometer::cli
