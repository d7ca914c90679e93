#include "analysis/trust.h"

#include <algorithm>
#include <cmath>

#include "analysis/estimate.h"
#include "analysis/ranking.h"

namespace inferometer::analysis {

using results::Reason;
using results::ReasonCode;
using results::Reasons;
using results::Role;

namespace {

constexpr double kMostSteal = 0.005;  ///< share of time, of grade A
constexpr double kMostOthers = 0.2;   ///< CPUs that other processes use, of grade A

class Grading {
 public:
  explicit Grading(const MeasuredGroup& group) : group_(group) {}

  void at_most(Grade grade, const Reasons& reasons) {
    trust_.grade = std::max(trust_.grade, grade);
    trust_.reasons.insert(trust_.reasons.end(), reasons.begin(), reasons.end());
  }
  void at_most(Grade grade, ReasonCode code, double value = kNone, double limit = kNone) {
    at_most(grade, {Reason(code, "", value, limit)});
  }

  void run_delay();
  void steal_and_neighbours();
  void rounds_and_faults();
  void warm_up();
  void second_label(const SelfComparison& self);
  void second_process(const SelfComparison& self, bool claims_fresh_loads);
  Trust trust() const { return trust_; }

 private:
  const MeasuredGroup& group_;
  Trust trust_;
};

void Grading::run_delay() {
  for (const auto& spec : group_.group.candidates) {
    const double share = run_delay_share(group_, spec.id).total;
    // Several threads wait for each other even on a quiet machine; the gate keeps them under its share.
    const bool several = threads_of(group_, spec) > 1;
    const double best = several ? kDelayGate : 0.01;
    if (std::isnan(share) && !loads_of(group_, spec.id).empty()) {
      at_most(Grade::B, {Reason(ReasonCode::DelayNotCounted, spec.label)});
    }
    if (!(share >= best)) continue;
    at_most(share < kDelayGate ? Grade::B : Grade::C,
            {Reason(ReasonCode::WaitedForCpu, spec.label, share, best)});
  }
}

void Grading::steal_and_neighbours() {
  double steal = 0;
  double others = 0;
  for (const auto& set : group_.sets) {
    steal += set.set->steal / static_cast<double>(group_.sets.size());
    others += set.set->others_cpus / static_cast<double>(group_.sets.size());
  }
  if (steal >= kMostSteal) at_most(steal < 0.02 ? Grade::B : Grade::C, ReasonCode::Steal, steal, kMostSteal);
  if (others < kMostOthers) return;
  int threads = 1;
  for (const auto& spec : group_.group.candidates) threads = std::max(threads, threads_of(group_, spec));
  const int cpus = group_.experiment.environment.cpus;
  const bool fit_beside_us = others <= 0.75 * (cpus - threads);
  at_most(others < 0.5 || fit_beside_us ? Grade::B : Grade::C, ReasonCode::OtherProcesses, others,
          kMostOthers);
}

void Grading::rounds_and_faults() {
  int rounds = 0;
  int disturbed = 0;
  for (const auto& set : group_.sets) {
    rounds += set.rounds;
    disturbed += set.disturbed_rounds;
  }
  if (disturbed > 0.05 * rounds) {
    at_most(Grade::B, ReasonCode::DisturbedRounds, disturbed, rounds);
  }
  std::int64_t faults = 0;
  for (const auto& spec : group_.group.candidates) {
    for (const auto* load : loads_of(group_, spec.id)) {
      for (const auto* block : load->blocks) faults += block->major_faults;
    }
  }
  if (faults > 0) at_most(Grade::B, ReasonCode::PageFaults, static_cast<double>(faults), 0);
}

void Grading::warm_up() {
  std::size_t loads = 0;
  std::size_t unsteady = 0;
  for (const auto& spec : group_.group.candidates) {
    for (const auto* load : loads_of(group_, spec.id)) {
      ++loads;
      unsteady += load->load->steady ? 0 : 1;
    }
  }
  if (unsteady == 0) return;
  at_most(Grade::B, ReasonCode::NotSteady, static_cast<double>(unsteady), static_cast<double>(loads));
}

void Grading::second_label(const SelfComparison& self) {
  const Ratio& label = self.second_label;
  const double half_width = (std::log(label.high) - std::log(label.low)) / 2;
  const double margin = group_.experiment.plan.effort.margin;
  if (label.units == 0) {
    at_most(Grade::B, ReasonCode::NotComparedWithItself);
  } else if (std::isinf(half_width)) {
    at_most(Grade::B, ReasonCode::NoiseNotBounded, static_cast<double>(label.units));
  } else if (half_width > std::log1p(margin)) {
    at_most(Grade::B, ReasonCode::NoiseWide, half_width, margin);
  }
}

void Grading::second_process(const SelfComparison& self, bool claims_fresh_loads) {
  const auto fresh_invalid = why_fresh_invalid(self);
  if (!fresh_invalid.empty()) {
    at_most(claims_fresh_loads ? Grade::Invalid : Grade::C, fresh_invalid);
  }
  const auto by_set = log_ratios(group_, group_.group.baseline, Role::SecondProcess);
  const auto differing = std::count_if(by_set.begin(), by_set.end(), [](const SetLogRatios& set) {
    return excludes_one(estimate(set.values, {.level = kSelfLevel}));
  });
  if (differing == 0) return;
  at_most(differing > 1 ? Grade::C : Grade::B, ReasonCode::SecondProcessDiffers,
          static_cast<double>(differing), static_cast<double>(by_set.size()));
}

}  // namespace

Trust grade_trust(const MeasuredGroup& group, const SelfComparison& self,
                  const std::vector<Comparison>& comparisons) {
  Grading grading(group);
  const auto invalid = why_invalid(group, self);
  if (!invalid.empty()) grading.at_most(Grade::Invalid, invalid);
  const bool measured = std::any_of(group.sets.begin(), group.sets.end(),
                                    [](const MeasuredSet& set) { return set.rounds > set.disturbed_rounds; });
  if (!measured) {
    grading.at_most(Grade::Invalid, ReasonCode::NoUndisturbedRound);
    return grading.trust();
  }
  grading.run_delay();
  grading.steal_and_neighbours();
  grading.rounds_and_faults();
  grading.warm_up();
  grading.second_label(self);
  const bool claims_fresh_loads =
      std::any_of(comparisons.begin(), comparisons.end(), [](const auto& comparison) {
        return !comparison.these_loads_only && comparison.fresh_loads.units > 0;
      });
  grading.second_process(self, claims_fresh_loads);
  return grading.trust();
}

const char* to_text(Grade grade) {
  switch (grade) {
    case Grade::A:
      return "A";
    case Grade::B:
      return "B";
    case Grade::C:
      return "C";
    case Grade::Invalid:
      return "invalid";
  }
  return "";
}

}  // namespace inferometer::analysis
