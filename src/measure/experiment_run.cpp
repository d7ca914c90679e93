#include "measure/experiment_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <vector>

#include "analysis/analysis.h"
#include "base/random.h"
#include "measure/load_set.h"
#include "measure/schedule.h"
#include "measure/truth.h"
#include "statistics/moments.h"

namespace inferometer::measure {

using results::ReasonCode;

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr int kHarnessBlocks = 20;
constexpr std::int64_t kHarnessSamples = 1000;
/// A load set is one line of the record and lies in memory whole: about 50 MB of it here.
constexpr std::int64_t kMostSamplesOfLoadSet = 5'000'000;

/// A round is looked at when their number has grown by a twentieth: the sequence is valid whenever one looks,
/// and looking costs more the more rounds there are.
bool is_looked_at(int rounds) { return rounds < 60 || rounds % (rounds / 20) == 0; }

}  // namespace

ExperimentRun::ExperimentRun(const Context& context, const ExperimentRequest& request,
                             results::Experiment& experiment)
    : context_(context), request_(request), experiment_(experiment) {}

void ExperimentRun::run() {
  complete_outcomes();
  for (const auto& group : experiment_.plan.groups) {
    const bool stopped = std::any_of(experiment_.stops.begin(), experiment_.stops.end(),
                                     [&](const auto& stop) { return stop.group == group.id; });
    if (stopped) continue;
    check_truth(group);
    measure_harness(group);
    measure_group(group);
  }
}

void ExperimentRun::check_truth(const results::Group& group) {
  references_.clear();  // outputs of other groups are of other inputs
  for (const auto& candidate : group.candidates) {
    const bool checked = std::any_of(experiment_.truth_checks.begin(), experiment_.truth_checks.end(),
                                     [&](const auto& check) { return check.candidate == candidate.id; });
    if (checked || has_failed(candidate.id)) continue;
    tell(group, "checking outputs of " + candidate.label, kUnknown);
    check_candidate(candidate);
  }
}

void ExperimentRun::check_candidate(const results::CandidateSpec& candidate) {
  const auto& reference = reference_of(candidate.id);
  const auto cpus = context_.surroundings.cpus();
  const auto threads = std::min(static_cast<std::size_t>(candidate.configuration.threads), cpus.size());
  const std::vector<int> own(cpus.begin(), cpus.begin() + static_cast<std::ptrdiff_t>(threads));
  try {
    auto check = check_outputs(context_, candidate, reference,
                               run_for_truth(context_, candidate.id, own, request_.scratch_folder));
    if (check.verified) check.reference = request_.reference_text.at(request_.reference_of.at(candidate.id));
    context_.journal.keep(check);
    experiment_.truth_checks.push_back(check);
  } catch (const results::CandidateFailure& failure) {
    end_candidate(candidate.id, failure.outcome());
  }
}

const TruthOutputs& ExperimentRun::reference_of(const std::string& candidate) {
  const auto found = request_.reference_of.find(candidate);
  const std::string launch_id =
      found == request_.reference_of.end() ? "none for " + candidate : found->second;
  auto& reference = references_[launch_id];
  if (!reference.sets.empty() || !reference.failure.empty()) return reference;
  if (found == request_.reference_of.end()) {
    const auto why = request_.why_unverified.find(candidate);
    reference.failure = {ReasonCode::NoReference,
                         why != request_.why_unverified.end() ? why->second : std::string()};
    return reference;
  }
  try {
    reference =
        run_for_truth(context_, launch_id, {context_.surroundings.cpus().front()}, request_.scratch_folder);
  } catch (const results::CandidateFailure& failure) {
    reference.failure = {
        ReasonCode::NoReference,
        fmt::format("the reference ({}) {}", request_.reference_text.at(launch_id), failure.what())};
  }
  return reference;
}

void ExperimentRun::measure_harness(const results::Group& group) {
  const bool measured = std::any_of(experiment_.harness_costs.begin(), experiment_.harness_costs.end(),
                                    [&](const auto& cost) { return cost.group == group.id; });
  if (measured || request_.null_launch.empty()) return;
  try {
    sample_null_engine(group);
  } catch (const results::CandidateFailure& failure) {
    context_.observer.say(std::string("our own cost is not known for this group: the null engine ") +
                          failure.what());
  }
}

void ExperimentRun::sample_null_engine(const results::Group& group) {
  results::Load load;
  const auto live =
      context_.launcher.launch(request_.null_launch, {context_.surroundings.cpus().front()}, load);
  std::vector<double> in_region, per_iteration, hand_over;
  results::HarnessCost cost{.group = group.id};
  for (int block = 0; block < kHarnessBlocks; ++block) {
    const auto sampled =
        live->sample({.discard_ns = 1'000'000, .samples = kHarnessSamples, .expected_ns = 5'000'000});
    for (const auto duration : sampled.durations_ns) in_region.push_back(static_cast<double>(duration));
    per_iteration.push_back(static_cast<double>(sampled.wall_ns) /
                            static_cast<double>(sampled.durations_ns.size()));
    hand_over.push_back(static_cast<double>(sampled.hand_over_ns));
    cost.runs += static_cast<std::int64_t>(sampled.durations_ns.size());
  }
  live->close();
  cost.in_region_ns = statistics::median(in_region);
  cost.per_iteration_ns = statistics::median(per_iteration);
  cost.hand_over_ns = statistics::median(hand_over);
  context_.journal.keep(cost);
  experiment_.harness_costs.push_back(cost);
}

void ExperimentRun::measure_group(const results::Group& group) {
  results::GroupStop stop{.group = group.id};
  try {
    while (measure_load_set(group, stop.reason)) {
    }
  } catch (const NotMeasurable& error) {
    stop.reason = error.reason();
    stop.measurable = false;
  }
  stop_group(group, stop);
}

bool ExperimentRun::measure_load_set(const results::Group& group, results::Reason& reason) {
  const auto& effort = experiment_.plan.effort;
  LoadSetRequest request{.group = group, .effort = effort, .seed = experiment_.plan.seed};
  for (const auto& candidate : group.candidates) {
    if (has_failed(candidate.id)) request.left_out.insert(candidate.id);
  }
  if (request.left_out.size() == group.candidates.size()) {
    reason = ReasonCode::NoCandidateLeft;
    return false;
  }
  int whole_sets = 0;
  for (const auto& set : experiment_.load_sets) {
    if (set.group != group.id) continue;
    request.index = std::max(request.index, set.index + 1);
    for (const auto& load : set.loads) {
      auto& own = request.own_delay_shares[load.candidate];
      own = std::max(own, load.own_delay_share);
    }
    whole_sets += set.interrupted ? 0 : 1;
  }
  request.second_process = !is_about_these_loads();
  request.least_timed_runs = whole_sets < effort.repeats ? effort.timed_runs : 0;
  auto& set = experiment_.load_sets.emplace_back();
  LoadSetRun set_run(context_, request, set);
  try {
    tell(group, fmt::format("load {}", request.index + 1),
         analysis::progress(experiment_, group).seconds_more);
    set_run.start();
    round_until_done(group, set_run);
    set_run.finish();
  } catch (...) {
    set.interrupted = true;
    keep_load_set();
    throw;
  }
  keep_load_set();
  const bool counted = whole_sets + 1 >= effort.repeats;
  const bool decided = analysis::progress(experiment_, group).decided;
  if (counted && effort.exact_counts) reason = ReasonCode::Counts;
  if (counted && reason.empty() && decided) reason = ReasonCode::Decided;
  if (counted && reason.empty() && measured_ns(group) >= effort.budget_ns) reason = ReasonCode::Budget;
  const bool full = set_run.samples() >= kMostSamplesOfLoadSet;
  if (counted && reason.empty() && full && is_about_these_loads()) reason = ReasonCode::SamplesFull;
  return reason.empty();
}

void ExperimentRun::round_until_done(const results::Group& group, LoadSetRun& set_run) {
  const auto& effort = experiment_.plan.effort;
  while (set_run.round()) {
    if (!is_looked_at(set_run.rounds())) continue;
    const auto progress = analysis::progress(experiment_, group);
    tell(group, fmt::format("load {}, round {}", experiment_.load_sets.back().index + 1, set_run.rounds()),
         progress.seconds_more);
    if (!set_run.has_least_counts()) continue;
    if (effort.exact_counts || !is_about_these_loads()) return;
    if (progress.decided || measured_ns(group) >= effort.budget_ns) return;
    if (set_run.samples() >= kMostSamplesOfLoadSet) return;
  }
}

void ExperimentRun::keep_load_set() {
  const auto& set = experiment_.load_sets.back();
  context_.journal.keep(set);
  end_failed_candidates(set);
}

void ExperimentRun::stop_group(const results::Group& group, results::GroupStop stop) {
  stop.measuring_ns = measured_ns(group);
  experiment_.stops.push_back(stop);
  for (const auto& comparison : analysis::analyse_group(experiment_, group).comparisons) {
    stop.verdicts[comparison.candidate] = comparison.verdict;
  }
  context_.journal.keep(stop);
  experiment_.stops.back() = stop;
  end_remaining_candidates(group, stop);
}

/// A crash between an item and the outcome that follows from it leaves the outcome to us.
void ExperimentRun::complete_outcomes() {
  for (const auto& set : experiment_.load_sets) end_failed_candidates(set);
  for (const auto& stop : experiment_.stops) {
    for (const auto& group : experiment_.plan.groups) {
      if (group.id == stop.group) end_remaining_candidates(group, stop);
    }
  }
}

void ExperimentRun::end_failed_candidates(const results::LoadSet& set) {
  // A second process of the baseline that fails costs the A/A, not the baseline.
  for (const auto& load : set.loads) {
    if (!load.outcome.ok() && load.role == results::Role::Candidate && !has_ended(load.candidate)) {
      end_candidate(load.candidate, load.outcome);
    }
  }
}

void ExperimentRun::end_remaining_candidates(const results::Group& group, const results::GroupStop& stop) {
  for (const auto& candidate : group.candidates) {
    if (has_ended(candidate.id)) continue;
    const bool was_measured =
        std::any_of(experiment_.load_sets.begin(), experiment_.load_sets.end(), [&](const auto& set) {
          return std::any_of(set.loads.begin(), set.loads.end(), [&](const auto& load) {
            return load.candidate == candidate.id && !load.blocks.empty();
          });
        });
    results::Outcome never_ran{
        .kind = results::OutcomeKind::Interrupted, .phase = "start", .reason = stop.reason};
    end_candidate(candidate.id, was_measured ? results::Outcome{} : never_ran);
  }
}

void ExperimentRun::end_candidate(const std::string& candidate, const results::Outcome& outcome) {
  const results::CandidateOutcome ended{candidate, outcome};
  context_.journal.keep(ended);
  experiment_.outcomes.push_back(ended);
}

bool ExperimentRun::has_ended(const std::string& candidate) const {
  return std::any_of(experiment_.outcomes.begin(), experiment_.outcomes.end(),
                     [&](const auto& ended) { return ended.candidate == candidate; });
}

bool ExperimentRun::has_failed(const std::string& candidate) const {
  return std::any_of(experiment_.outcomes.begin(), experiment_.outcomes.end(),
                     [&](const auto& ended) { return ended.candidate == candidate && !ended.outcome.ok(); });
}

std::int64_t ExperimentRun::measured_ns(const results::Group& group) const {
  std::int64_t sum_ns = 0;
  for (const auto& set : experiment_.load_sets) {
    if (set.group == group.id) sum_ns += set.measuring_ns;
  }
  return sum_ns;
}

bool ExperimentRun::is_about_these_loads() const {
  return experiment_.plan.effort.mode == results::Mode::Quick;
}

void ExperimentRun::tell(const results::Group& group, const std::string& doing, double seconds_left) const {
  const auto& effort = experiment_.plan.effort;
  const auto measuring_ns = measured_ns(group);
  const double budget_left = std::max(0.0, static_cast<double>(effort.budget_ns - measuring_ns) / 1e9);
  context_.observer.step({group.id, doing, measuring_ns, effort.budget_ns,
                          std::isnan(seconds_left) ? budget_left : std::min(budget_left, seconds_left)});
}

}  // namespace inferometer::measure
