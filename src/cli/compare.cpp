#include "cli/compare.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/ended.h"
#include "cli/flags.h"
#include "cli/progress.h"
#include "experiment/experiment.h"
#include "machine/machine.h"
#include "plan/effort.h"

namespace inferometer::cli {
namespace {

using base::UserError;

constexpr double kMostBudgetSeconds = 86'400;  // a day for one group

/// NAME=VALUE; the message names the flag.
std::pair<std::string, std::string> split_pair(const std::string& flag, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UserError(fmt::format("{} '{}': write {} NAME=VALUE", flag, base::printable(text, 80), flag));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::map<std::string, std::int64_t> parse_dims(const std::vector<std::string>& texts) {
  std::map<std::string, std::int64_t> dims;
  for (const auto& text : texts) {
    const auto [name, value] = split_pair("--dim", text);
    std::int64_t size = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (error != std::errc() || end != value.data() + value.size() || size < 1) {
      throw UserError(fmt::format("--dim {}: '{}' is no size; allowed are whole numbers from 1", name,
                                  base::printable(value, 40)));
    }
    dims[name] = size;
  }
  return dims;
}

std::string absolute_path(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

results::InputSources parse_sources(const CompareArguments& arguments) {
  results::InputSources sources{
      {}, absolute_path(arguments.texts), absolute_path(arguments.images), arguments.image_scaling};
  for (const auto& text : arguments.inputs) {
    // A bare file (npz, safetensors) names its tensors itself.
    const auto pair = text.find('=') == std::string::npos ? std::pair<std::string, std::string>("", text)
                                                          : split_pair("--input", text);
    if (!std::filesystem::is_regular_file(pair.second)) {
      throw UserError(fmt::format("--input {}: no such file: give an npy, npz or safetensors file",
                                  base::printable(pair.second)));
    }
    sources.files[pair.first] = std::filesystem::absolute(pair.second).string();
  }
  return sources;
}

results::Effort effort_of(const CompareArguments& arguments) {
  auto effort = plan::effort_of(arguments.mode);
  effort.exact_counts = arguments.exact_counts;
  if (const auto& seconds = arguments.budget_seconds) {
    if (!(*seconds > 0 && *seconds <= kMostBudgetSeconds))
      throw UserError(fmt::format("--budget: give seconds above 0 and up to {:.0f}", kMostBudgetSeconds));
    effort.budget_ns = std::llround(*seconds * 1e9);
  }
  if (const auto& percent = arguments.margin_percent) {
    if (!(*percent > 0 && *percent < 100))
      throw UserError("--margin: give a percentage above 0 and below 100");
    effort.margin = *percent / 100;
  }
  return effort;
}

/// A set has a place of its own where people look for its reports.
results::ReportFiles reports_of(const CompareArguments& arguments) {
  auto files = arguments.outputs.files;
  if (files.folder.empty() && !arguments.set.empty())
    files.folder = (std::filesystem::path("results") / (arguments.set + "_comparison")).string();
  return absolute(files);
}

/// What a report must not be written over.
std::vector<std::filesystem::path> files_read_by(const experiment::Request& request) {
  std::vector<std::filesystem::path> files(request.models.begin(), request.models.end());
  for (const auto& [name, file] : request.inputs.files) files.emplace_back(file);
  if (!request.inputs.texts.empty()) files.emplace_back(request.inputs.texts);
  return files;
}

int dry_run(const experiment::Request& request, const experiment::Installation& installation) {
  experiment::Subjects subjects;
  for (const auto& name : request.models)
    subjects.push_back(experiment::inspect(name, request.synthetic_weights, installation));
  const auto [plan, build] = experiment::preview(request, subjects, installation);
  std::fputs(plan::print(plan).c_str(), stdout);
  if (build.bytes > 0) {
    fmt::print(
        "building variants takes about {} on top, less what is in the cache, and up to {} of memory; {} are "
        "free\n",
        base::format_seconds(build.seconds), base::format_bytes(static_cast<double>(build.bytes)),
        base::format_bytes(static_cast<double>(machine::read_pressure().memory_available_bytes)));
  }
  return base::kExitOk;
}

int run_compare(const CompareArguments& arguments, const std::string& command) {
  if (arguments.models.empty()) {
    throw UserError(
        "compare: MODEL is missing: give an .onnx file, a checkpoint folder or a name, for example: "
        "inferometer compare minilm");
  }
  const auto request = request_of(arguments, command);
  if (arguments.dry_run) return dry_run(request, {});
  check_outputs(request.reports, files_read_by(request));
  check_set(request.reports, request.plan.set);
  const experiment::Installation installation;
  for (const auto& problem : installation.discovery.problems) say(problem);
  ProgressLine progress(arguments.progress);
  const auto subjects = experiment::obtain_all(request.models, request.synthetic_weights, installation, say);
  const auto ended = experiment::run(request, subjects, {installation, progress});
  return report_ended(ended, {request.reports, arguments.outputs.colour});
}

}  // namespace

Run add_compare(CLI::App& app, const Invocation& invocation) {
  const auto arguments = std::make_shared<CompareArguments>();
  add_flags(app, *arguments);
  return [arguments, &invocation] {
    return naming_flags([&] { return run_compare(*arguments, invocation.text()); });
  };
}

experiment::Request request_of(const CompareArguments& arguments, const std::string& command) {
  experiment::Request request;
  request.title = "compare";
  request.models = arguments.models;
  request.synthetic_weights = arguments.synthetic_weights;
  request.inputs = parse_sources(arguments);
  request.reports = reports_of(arguments);
  request.rank_unverified = arguments.rank_unverified;
  auto& plan = request.plan;
  plan.command = command;
  plan.set = arguments.set;
  plan.engines = arguments.engines;
  plan.devices = arguments.devices;
  plan.variants = arguments.variants;
  plan.precisions = arguments.precisions;
  plan.threads = arguments.threads;
  plan.batch_sizes = arguments.batch_sizes;
  plan.sequence_lengths = arguments.sequence_lengths;
  plan.prompt_lengths = arguments.prompt_lengths;
  plan.new_tokens = arguments.new_tokens;
  plan.candidates = arguments.candidates;
  for (const auto& text : arguments.options) plan.options.insert(split_pair("--option", text));
  plan.dims = parse_dims(arguments.dims);
  plan.baseline = arguments.baseline;
  plan.effort = naming_flags([&] { return effort_of(arguments); });
  plan.seed = arguments.seed ? *arguments.seed : base::draw_seed();
  return request;
}

}  // namespace inferometer::cli
