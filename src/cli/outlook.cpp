#include "cli/outlook.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/columns.h"
#include "cli/progress.h"

namespace inferometer::cli {
namespace {

using campaign::Forecast;

std::string bytes(std::int64_t count) {
  return count == 0 ? "-" : base::format_bytes(static_cast<double>(count));
}

std::string seconds(const plan::Cost& cost) {
  return base::format_seconds(cost.least_seconds) + " to " + base::format_seconds(cost.most_seconds);
}

const char* weights_of(const Forecast& one) {
  if (one.weights == Forecast::Weights::OnHub) return " (to be downloaded)";
  return one.weights == Forecast::Weights::Synthetic ? " (synthetic)" : "";
}

std::string table(const std::vector<Forecast>& forecasts) {
  std::vector<std::vector<std::string>> rows = {
      {"experiment", "model", "candidates", "groups", "measuring", "memory", "building", "disk"}};
  for (const auto& one : forecasts) {
    auto& row = rows.emplace_back(std::vector<std::string>{
        one.experiment.folder, base::printable(one.experiment.model, 60) + weights_of(one)});
    if (!one.problem.empty()) {
      row.push_back("cannot run");
      continue;
    }
    row.insert(row.end(),
               {std::to_string(one.cost.candidates), std::to_string(one.cost.groups), seconds(one.cost),
                bytes(one.memory_bytes), bytes(one.build.bytes), bytes(one.disk_bytes)});
  }
  return columns(rows, "  ");
}

/// What does not run, each reason once.
std::string left_out(const std::vector<Forecast>& forecasts) {
  std::string text;
  std::set<std::string> seen;
  const auto add = [&](const std::string& line) {
    if (seen.insert(line).second) text += line;
  };
  for (const auto& one : forecasts) {
    if (!one.problem.empty()) {
      // Its further lines are reasons that others may share.
      const auto lines = base::split(one.problem, '\n');
      add("cannot run: " + one.experiment.folder + ": " + lines.front() + "\n");
      for (std::size_t i = 1; i < lines.size(); ++i) add(lines[i] + "\n");
    }
    if (!one.why_synthetic.empty()) add("synthetic weights: " + base::printable(one.why_synthetic) + "\n");
    for (const auto& cell : one.skipped)
      add(fmt::format("skipped: {}: {}{}\n", base::printable(cell.label), base::printable(cell.reason),
                      cell.remedy.empty() ? "" : "  ->  " + cell.remedy));
  }
  return text;
}

/// Free bytes on the disk of the artefact cache; it need not exist yet.
std::int64_t free_disk() {
  auto folder = base::cache_folder();
  std::error_code error;
  while (!std::filesystem::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  const auto space = std::filesystem::space(folder, error);
  return error ? 0 : static_cast<std::int64_t>(space.available);
}

std::int64_t all_disk(const std::vector<Forecast>& forecasts) {
  std::int64_t sum = 0;
  for (const auto& one : forecasts) sum += one.disk_bytes;
  return sum;
}

}  // namespace

std::string outlook(const std::vector<Forecast>& forecasts, std::int64_t usable_memory) {
  plan::Cost all;
  std::int64_t memory = 0;
  experiment::BuildCost build;
  for (const auto& one : forecasts) {
    all.least_seconds += one.cost.least_seconds;
    all.most_seconds += one.cost.most_seconds;
    memory = std::max(memory, one.memory_bytes);
    build.bytes = std::max(build.bytes, one.build.bytes);
    build.seconds += one.build.seconds;
  }
  return fmt::format(
      "{} experiment{}\n{}{}measuring: {} in all\nbuilding: about {} on top, less what is in the "
      "cache\nmemory: "
      "up to {} while measuring, up to {} while building; {} may be used\ndisk: up to {} of downloads and "
      "artefacts; {} "
      "are free\n",
      forecasts.size(), forecasts.size() == 1 ? "" : "s", table(forecasts), left_out(forecasts), seconds(all),
      base::format_seconds(build.seconds), bytes(memory), bytes(build.bytes), bytes(usable_memory),
      bytes(all_disk(forecasts)), bytes(free_disk()));
}

void refuse_full_disk(const std::vector<Forecast>& forecasts) {
  const auto needed = all_disk(forecasts);
  const auto there = free_disk();
  if (needed <= there) return;
  throw base::UserError(fmt::format(
      "the downloads and artefacts of this suite need up to {} and {} are free in {}: make room, shorten the "
      "suite, or move INFEROMETER_HOME",
      bytes(needed), bytes(there), base::printable(base::cache_folder().string())));
}

void say_unused_samples(const campaign::SuiteFile& file) {
  const auto check = [](const campaign::Samples& samples, const char* kind) {
    if (!samples.path.empty() || samples.count == campaign::Samples().count) return;
    say(fmt::format("dataset.{}.num_samples: {} changes nothing: without a path the input values are seeded",
                    kind, samples.count));
  };
  check(file.texts, "text");
  check(file.images, "image");
}

}  // namespace inferometer::cli
