#include "analysis/ranking.h"

#include <algorithm>
#include <cmath>

#include "analysis/estimate.h"

namespace inferometer::analysis {

using results::Reason;
using results::ReasonCode;
using results::Reasons;
using results::Role;
using results::VerdictKind;

namespace {

constexpr double kMostDelayDifference = 0.05;  ///< of wall, between candidates of one thread

const results::Outcome* failure_of(const results::Experiment& experiment, const std::string& candidate) {
  for (const auto& ended : experiment.outcomes) {
    if (ended.candidate == candidate && !ended.outcome.ok()) return &ended.outcome;
  }
  return nullptr;
}

}  // namespace

bool has_failed(const results::Experiment& experiment, const std::string& candidate) {
  return failure_of(experiment, candidate) != nullptr;
}

Reasons why_unranked(const results::Experiment& experiment, const std::string& candidate) {
  if (const auto* outcome = failure_of(experiment, candidate)) return results::reasons_of(*outcome);
  const auto check = std::find_if(experiment.truth_checks.begin(), experiment.truth_checks.end(),
                                  [&](const auto& one) { return one.candidate == candidate; });
  if (check == experiment.truth_checks.end()) return {ReasonCode::NotChecked};
  // Asked for, an artefact without a reference is ranked; NaN in its outputs still keeps it out.
  if (!check->verified && experiment.plan.rank_unverified && check->passed) return {};
  if (!check->verified) return {check->reason.empty() ? Reason(ReasonCode::NoReference) : check->reason};
  if (check->passed) return {};
  return {ReasonCode::WrongOutput, check->reason};
}

SelfComparison compare_with_itself(const MeasuredGroup& group) {
  const Criterion criterion{kSelfLevel, group.experiment.plan.effort.margin};
  const auto& baseline = group.group.baseline;
  SelfComparison self;
  self.second_label = estimate(pooled_rounds(log_ratios(group, baseline, Role::SecondLabel)), criterion);
  if (excludes_one(self.second_label)) self.second_label.verdict = VerdictKind::Invalid;
  const auto by_set = log_ratios(group, baseline, Role::SecondProcess);
  self.has_second_process = !by_set.empty();
  if (by_set.size() > 1) {
    self.second_process = estimate(set_medians(by_set), criterion);
    if (excludes_one(self.second_process)) self.second_process.verdict = VerdictKind::Invalid;
  } else {
    self.second_process = estimate(pooled_rounds(by_set), criterion);
  }
  return self;
}

Reasons why_invalid(const MeasuredGroup& group, const SelfComparison& self) {
  // A group that was resumed has a stop for each time; the last one tells how it ended.
  const results::GroupStop* last = nullptr;
  for (const auto& stop : group.experiment.stops) {
    if (stop.group == group.group.id) last = &stop;
  }
  if (last != nullptr && !last->measurable) return {ReasonCode::NotMeasurable, last->reason};
  if (self.second_label.verdict != VerdictKind::Invalid) return {};
  const auto& label = self.second_label;
  return {{ReasonCode::DiffersFromItself, "", label.ratio, static_cast<double>(label.units)}};
}

Reasons why_fresh_invalid(const SelfComparison& self) {
  if (self.second_process.verdict != VerdictKind::Invalid) return {};
  const auto& process = self.second_process;
  return {{ReasonCode::ProcessesDiffer, "", process.ratio, static_cast<double>(process.units)}};
}

// A wait for CPUs is a bias equal in all rounds: the interval stays tight and cannot see it.
Reasons why_not_alike(const MeasuredGroup& group, const results::CandidateSpec& candidate) {
  const auto& baseline = baseline_of(group.group);
  const double own = run_delay_share(group, candidate.id).typical;
  const double others = run_delay_share(group, baseline.id).typical;
  for (const auto* spec : {&baseline, &candidate}) {
    const double share = spec == &candidate ? own : others;
    const int threads = threads_of(group, *spec);
    if (threads > 1 && share >= kDelayGate) {
      return {{ReasonCode::ThreadsWaited, spec->label, share, kDelayGate}};
    }
  }
  if (std::fabs(own - others) <= kMostDelayDifference || std::isnan(own) || std::isnan(others)) return {};
  return {{ReasonCode::WaitedUnequally, candidate.label, own, others}};
}

}  // namespace inferometer::analysis
