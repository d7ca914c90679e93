#include "cli/compare_command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "base/error.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/carry_out.h"
#include "cli/progress.h"
#include "experiment/workbench.h"
#include "machine/machine.h"
#include "plan/plan.h"
#include "record/reader.h"

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

experiment::InputSources parse_sources(const CompareArguments& arguments) {
  experiment::InputSources sources{{}, arguments.texts, arguments.images, arguments.image_scaling};
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

plan::Request make_request(const CompareArguments& arguments) {
  plan::Request request;
  for (const auto& word : arguments.command_line)
    request.command += (request.command.empty() ? "" : " ") + word;
  request.set = arguments.set;
  request.engines = arguments.engines;
  request.variants = arguments.variants;
  request.precisions = arguments.precisions;
  request.threads = arguments.threads;
  request.batch_sizes = arguments.batch_sizes;
  request.sequence_lengths = arguments.sequence_lengths;
  request.candidates = arguments.candidates;
  for (const auto& text : arguments.options) request.options.insert(split_pair("--option", text));
  request.dims = parse_dims(arguments.dims);
  request.baseline = arguments.baseline;
  request.effort = effort_of(arguments.mode);
  request.effort.exact_counts = arguments.exact_counts;
  if (arguments.budget_seconds) {
    if (!(*arguments.budget_seconds > 0 && *arguments.budget_seconds <= kMostBudgetSeconds)) {
      throw UserError(fmt::format("--budget: give seconds above 0 and up to {:.0f}", kMostBudgetSeconds));
    }
    request.effort.budget_ns = std::llround(*arguments.budget_seconds * 1e9);
  }
  if (arguments.margin_percent) {
    if (!(*arguments.margin_percent > 0 && *arguments.margin_percent < 100))
      throw UserError("--margin: give a percentage above 0 and below 100");
    request.effort.margin = *arguments.margin_percent / 100;
  }
  request.seed = arguments.seed ? *arguments.seed : base::draw_seed();
  return request;
}

/// What a report must not be written over.
std::vector<std::filesystem::path> files_read_by(const CompareArguments& arguments) {
  std::vector<std::filesystem::path> files(arguments.models.begin(), arguments.models.end());
  for (const auto& [name, file] : parse_sources(arguments).files) files.emplace_back(file);
  if (!arguments.texts.empty()) files.emplace_back(arguments.texts);
  return files;
}

/// A set has a place of its own where people look for its reports.
Outputs outputs_of(const CompareArguments& arguments) {
  auto outputs = arguments.outputs;
  if (outputs.output.empty() && !arguments.set.empty())
    outputs.output = std::filesystem::path("results") / (arguments.set + "_comparison");
  return outputs;
}

int dry_run(const CompareArguments& arguments) {
  parse_sources(arguments);
  experiment::Workbench workbench(arguments.synthetic_weights);
  auto request = make_request(arguments);
  for (const auto& name : arguments.models) request.models.push_back(workbench.inspect(name));
  count_cpus(request);
  const auto plan = plan::make_plan(request, workbench.engines());
  workbench.check_shapes(plan);
  std::fputs(plan::print(plan).c_str(), stdout);
  if (const auto making = workbench.making(plan); making.bytes > 0) {
    fmt::print(
        "making variants takes about {} on top, less what the cache has, and up to {} of memory; {} are "
        "free\n",
        base::format_seconds(making.seconds), base::format_bytes(static_cast<double>(making.bytes)),
        base::format_bytes(static_cast<double>(machine::read_pressure().memory_available_bytes)));
  }
  return base::kExitOk;
}

}  // namespace

int run_compare(const CompareArguments& arguments) {
  if (arguments.dry_run) return dry_run(arguments);
  const auto outputs = outputs_of(arguments);
  check_outputs(outputs, files_read_by(arguments));
  experiment::Workbench workbench(arguments.synthetic_weights);
  for (const auto& problem : workbench.problems()) say(problem);
  auto request = make_request(arguments);
  const auto sources = parse_sources(arguments);
  for (const auto& name : arguments.models) request.models.push_back(workbench.obtain(name, say));
  count_cpus(request);
  Job job{.title = "compare", .plan = plan::make_plan(request, workbench.engines())};
  job.plan.arguments = arguments.command_line;
  job.plan.folder = std::filesystem::current_path().string();
  job.plan.rank_unverified = arguments.rank_unverified;
  workbench.check_shapes(job.plan);
  workbench.prepare(job.plan, sources, say);
  workbench.lay_out(job.plan, sources);
  job.outputs = outputs;
  job.progress = arguments.progress;
  return carry_out(job, workbench);
}

int resume_compare(const CompareArguments& arguments, const std::filesystem::path& record) {
  const auto outputs = outputs_of(arguments);
  check_outputs(outputs);
  const auto recorded = record::read(record);
  experiment::Workbench workbench(arguments.synthetic_weights);
  for (const auto& name : arguments.models) workbench.obtain(name, say);
  Job job{.title = recorded.title, .plan = recorded.plan, .resumed_record = record};
  const auto sources = parse_sources(arguments);
  workbench.prepare(job.plan, sources, say);
  if (const auto why = why_not_resumed(recorded.plan, job.plan); !why.empty()) {
    throw UserError(
        fmt::format("experiment {} cannot go on: {}: put that right and resume again, or start a new "
                    "experiment",
                    recorded.id.substr(0, 8), why));
  }
  workbench.lay_out(job.plan, sources);
  job.outputs = outputs;
  job.progress = arguments.progress;
  return carry_out(job, workbench);
}

}  // namespace inferometer::cli
