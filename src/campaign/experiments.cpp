#include "campaign/experiments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "plan/sets.h"

namespace inferometer::campaign {
namespace {

std::uint64_t times(std::uint64_t a, std::size_t b) {
  const std::uint64_t factor = std::max<std::size_t>(1, b);
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  return a > kMost / factor ? kMost : a * factor;
}

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  return a > kMost - b ? kMost : a + b;
}

const std::vector<std::int64_t>& own_or(const std::vector<std::int64_t>& own,
                                        const std::vector<std::int64_t>& common) {
  return own.empty() ? common : own;
}

results::Effort effort_of(const SuiteFile& file, results::Effort effort) {
  if (file.warm_up_runs) effort.warm_up_runs = *file.warm_up_runs;
  if (file.timed_runs) effort.timed_runs = *file.timed_runs;
  if (file.repeats) effort.repeats = static_cast<int>(*file.repeats);
  if (file.budget_seconds) effort.budget_ns = std::llround(*file.budget_seconds * 1e9);
  if (file.margin_percent) effort.margin = *file.margin_percent / 100;
  return effort;
}

/// One that names its threads is one, any other one for each count.
std::size_t count_candidates(const std::vector<std::string>& candidates, std::size_t thread_counts) {
  const auto naming = static_cast<std::size_t>(std::count_if(
      candidates.begin(), candidates.end(),
      [](const std::string& candidate) { return candidate.find(",threads=") != std::string::npos; }));
  return naming + (candidates.size() - naming) * std::max<std::size_t>(1, thread_counts);
}

}  // namespace

SuiteFile with_phases(SuiteFile file, const SuiteFile& shipped) {
  if (!file.phases.empty()) return file;
  file.phases = shipped.phases;
  if (!file.synthetic_for_missing) file.synthetic_for_missing = shipped.synthetic_for_missing;
  for (auto& phase : file.phases) {
    if (!file.batch_sizes.empty()) phase.batch_sizes.clear();
    if (!file.sequence_lengths.empty()) phase.sequence_lengths.clear();
  }
  return file;
}

std::uint64_t count_cells(const SuiteFile& file) {
  std::uint64_t cells = 0;
  for (const auto& phase : file.phases) {
    auto count = times(phase.models.size(),
                       phase.set.empty() ? phase.variants.size() : plan::members_of(phase.set).size());
    count = times(count, phase.engines.size());
    count = phase.candidates.empty() ? times(count, file.threads.size())
                                     : times(count, count_candidates(phase.candidates, file.threads.size()));
    count = times(count, own_or(phase.batch_sizes, file.batch_sizes).size());
    count = times(count, own_or(phase.sequence_lengths, file.sequence_lengths).size());
    cells = plus(cells, count);
  }
  return cells;
}

std::vector<SuiteExperiment> plan_experiments(const SuiteFile& file, const results::Effort& mode_effort) {
  if (const auto cells = count_cells(file); cells > kMostCells) {
    throw base::UserError(
        fmt::format("this suite asks for {} cells (models x candidates x threads x batch sizes x "
                    "sequence lengths); at most {} are allowed: shorten its lists",
                    cells, kMostCells));
  }
  std::vector<SuiteExperiment> experiments;
  for (const auto& phase : file.phases) {
    for (const auto& model : phase.models) {
      auto& one = experiments.emplace_back();
      one.phase = phase.name;
      one.folder = phase.name + "/" + model.folder;
      one.model = model.model;
      one.folders = phase.folders;
      one.request.set = phase.set;
      one.request.variants = phase.variants;
      one.request.engines = phase.engines;
      one.request.candidates = phase.candidates;
      one.request.threads = file.threads;
      one.request.batch_sizes = own_or(phase.batch_sizes, file.batch_sizes);
      one.request.sequence_lengths = own_or(phase.sequence_lengths, file.sequence_lengths);
      one.request.effort = effort_of(file, mode_effort);
      one.request.seed = file.seed.value_or(0);
    }
  }
  return experiments;
}

}  // namespace inferometer::campaign
