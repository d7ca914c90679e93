#include "analysis/experiment_fixture.h"

#include <cmath>

#include "base/error.h"

namespace inferometer::analysis {

using results::Role;

namespace {

constexpr int kSamples = 4;
const char* const kLabels[] = {"onnxruntime", "openvino", "litert", "torch"};

results::Block block_of(int round, double latency_ns) {
  results::Block block;
  block.round = round;
  block.durations_ns.assign(kSamples, std::llround(latency_ns));
  block.wall_ns = block.cpu_ns = kSamples * std::llround(latency_ns);
  return block;
}

}  // namespace

results::Experiment experiment_of(results::Mode mode, int rivals) {
  results::Experiment experiment;
  experiment.environment.cpus = 2;
  experiment.plan.effort.mode = mode;
  results::Group group;
  group.id = "g0";
  group.baseline = "c0";
  for (int i = 0; i <= rivals; ++i) {
    results::CandidateSpec spec;
    spec.id = "c" + std::to_string(i);
    spec.label = kLabels[i];
    group.candidates.push_back(spec);
    experiment.truth_checks.push_back({.candidate = spec.id, .passed = true, .verified = true});
  }
  experiment.plan.groups.push_back(group);
  return experiment;
}

results::LoadSet& add_load_set(results::Experiment& experiment, int rounds, const Latency& latency) {
  results::LoadSet set;
  set.group = "g0";
  set.index = static_cast<int>(experiment.load_sets.size());
  set.measuring_ns = 1'000'000'000;
  const auto add_load = [&](const std::string& candidate, Role role) {
    results::Load load;
    load.candidate = candidate;
    load.role = role;
    load.steady = true;
    for (int round = 0; round < rounds; ++round) {
      load.blocks.push_back(block_of(round, latency(candidate, role, 100 * set.index + round)));
    }
    set.loads.push_back(load);
  };
  for (const auto& spec : experiment.plan.groups.front().candidates) add_load(spec.id, Role::Candidate);
  add_load("c0", Role::SecondLabel);
  if (experiment.plan.effort.mode != results::Mode::Quick) add_load("c0", Role::SecondProcess);
  return experiment.load_sets.emplace_back(set);
}

void add_load_sets(results::Experiment& experiment, int sets, int rounds, const Latency& latency) {
  for (int i = 0; i < sets; ++i) add_load_set(experiment, rounds, latency);
}

Latency rival_at(double ratio) {
  return [ratio](const std::string& candidate, Role role, int round) {
    const double row = 3.0 * candidate.back() + 5.0 * static_cast<double>(role);
    const double jitter = 0.003 * std::sin(12.9898 * round + 78.233 * row);
    return 1e6 * (candidate == "c0" ? 1 : ratio) * (1 + jitter);
  };
}

results::Load& load_of(results::LoadSet& set, const std::string& candidate, Role role) {
  for (auto& load : set.loads) {
    if (load.candidate == candidate && load.role == role) return load;
  }
  INFEROMETER_CHECK(false, "no load of " + candidate);
  std::abort();
}

GroupAnalysis analyse_only_group(const results::Experiment& experiment) {
  return analyse_group(experiment, experiment.plan.groups.front());
}

Comparison only_comparison(const results::Experiment& experiment) {
  return analyse_only_group(experiment).comparisons.at(0);
}

}  // namespace inferometer::analysis
