#include "analysis/rounds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "statistics/moments.h"

namespace inferometer::analysis {
namespace {

// Of one run. Not positive (or not a number) where a block cannot be used.
double block_median_ns(const results::Block& block) {
  const std::vector<double> durations(block.durations_ns.begin(), block.durations_ns.end());
  return statistics::median(durations) / static_cast<double>(block.runs_per_sample);
}

MeasuredSet measured_set(const results::LoadSet& set) {
  MeasuredSet measured;
  measured.set = &set;
  std::set<int> begun, disturbed;
  std::vector<double> medians_ns;
  for (const auto& load : set.loads) {
    for (const auto& block : load.blocks) {
      const double median_ns = medians_ns.emplace_back(block_median_ns(block));
      begun.insert(block.round);
      if (!block.disturbed.empty() || !(median_ns > 0) || !std::isfinite(median_ns))
        disturbed.insert(block.round);
    }
  }
  auto median_ns = medians_ns.begin();
  for (const auto& load : set.loads) {
    MeasuredLoad undisturbed;
    undisturbed.load = &load;
    for (const auto& block : load.blocks) {
      const double block_ns = *median_ns++;
      if (disturbed.contains(block.round)) continue;
      undisturbed.blocks.push_back(&block);
      undisturbed.median_ns.emplace(block.round, block_ns);
    }
    if (load.outcome.ok()) measured.loads.push_back(std::move(undisturbed));
  }
  measured.rounds = static_cast<int>(begun.size());
  measured.disturbed_rounds = static_cast<int>(disturbed.size());
  return measured;
}

// Of one run, by round. Without those in which the worker did not count it.
std::map<int, double> cpu_time_ns(const MeasuredLoad& load) {
  std::map<int, double> by_round;
  for (const auto* block : load.blocks) {
    const auto runs =
        static_cast<double>(block->runs_per_sample) * static_cast<double>(block->durations_ns.size());
    if (block->cpu_ns > 0) by_round.emplace(block->round, static_cast<double>(block->cpu_ns) / runs);
  }
  return by_round;
}

SetLogRatios paired(const results::LoadSet& set, const std::map<int, double>& row,
                    const std::map<int, double>& baseline) {
  SetLogRatios ratios;
  ratios.whole = !set.interrupted;
  for (const auto& [round, value] : row) {
    const auto other = baseline.find(round);
    if (other != baseline.end()) ratios.values.push_back(std::log(value / other->second));
  }
  return ratios;
}

const MeasuredLoad* find(const MeasuredSet& set, const std::string& candidate, results::Role role) {
  for (const auto& load : set.loads) {
    if (load.load->candidate == candidate && load.load->role == role) return &load;
  }
  return nullptr;
}

}  // namespace

MeasuredGroup measured(const results::Experiment& experiment, const results::Group& group) {
  MeasuredGroup measured{experiment, group, {}};
  for (const auto& set : experiment.load_sets) {
    if (set.group == group.id) measured.sets.push_back(measured_set(set));
  }
  return measured;
}

std::vector<const MeasuredLoad*> loads_of(const MeasuredGroup& group, const std::string& candidate,
                                          results::Role role) {
  std::vector<const MeasuredLoad*> loads;
  for (const auto& set : group.sets) {
    if (const auto* load = find(set, candidate, role)) loads.push_back(load);
  }
  return loads;
}

std::vector<SetLogRatios> log_ratios(const MeasuredGroup& group, const std::string& candidate,
                                     results::Role role) {
  std::vector<SetLogRatios> by_set;
  for (const auto& set : group.sets) {
    const auto* row = find(set, candidate, role);
    const auto* baseline = find(set, group.group.baseline, results::Role::Candidate);
    if (row == nullptr || baseline == nullptr) continue;
    auto ratios = paired(*set.set, row->median_ns, baseline->median_ns);
    if (!ratios.values.empty()) by_set.push_back(std::move(ratios));
  }
  return by_set;
}

std::vector<SetLogRatios> cpu_log_ratios(const MeasuredGroup& group, const std::string& candidate) {
  std::vector<SetLogRatios> by_set;
  for (const auto& set : group.sets) {
    const auto* row = find(set, candidate, results::Role::Candidate);
    const auto* baseline = find(set, group.group.baseline, results::Role::Candidate);
    if (row == nullptr || baseline == nullptr) continue;
    auto ratios = paired(*set.set, cpu_time_ns(*row), cpu_time_ns(*baseline));
    if (!ratios.values.empty()) by_set.push_back(std::move(ratios));
  }
  return by_set;
}

DelayShare run_delay_share(const MeasuredGroup& group, const std::string& candidate) {
  double delay_ns = 0;
  double wall_ns = 0;
  std::vector<double> shares;
  for (const auto* load : loads_of(group, candidate)) {
    for (const auto* block : load->blocks) {
      if (block->wall_ns <= 0 || block->run_delay_ns < 0) continue;  // -1: the kernel does not count it
      const auto block_wall_ns = static_cast<double>(block->wall_ns);
      const auto block_delay_ns = std::max(
          0.0, static_cast<double>(block->run_delay_ns) - load->load->own_delay_share * block_wall_ns);
      delay_ns += block_delay_ns;
      wall_ns += block_wall_ns;
      shares.push_back(block_delay_ns / block_wall_ns);
    }
  }
  const double none = std::numeric_limits<double>::quiet_NaN();
  return {shares.empty() ? none : delay_ns / wall_ns, statistics::median(shares)};
}

int threads_of(const MeasuredGroup& group, const results::CandidateSpec& candidate) {
  int threads = 0;
  for (const auto* load : loads_of(group, candidate.id))
    threads = std::max(threads, load->load->effective.threads);
  return threads > 0 ? threads : candidate.configuration.threads;
}

const results::CandidateSpec& baseline_of(const results::Group& group) {
  const auto found = std::find_if(group.candidates.begin(), group.candidates.end(),
                                  [&](const auto& spec) { return spec.id == group.baseline; });
  INFEROMETER_CHECK(found != group.candidates.end(), "baseline '" + group.baseline + "' of " + group.id);
  return *found;
}

}  // namespace inferometer::analysis
