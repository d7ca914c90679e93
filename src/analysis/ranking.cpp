#include "analysis/ranking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/estimate.h"

namespace inferometer::analysis {

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

std::string why_unranked(const results::Experiment& experiment, const std::string& candidate) {
  if (const auto* outcome = failure_of(experiment, candidate)) {
    return fmt::format("{}{}{}{}{}", results::to_text(outcome->kind), outcome->phase.empty() ? "" : " in ",
                       outcome->phase, outcome->reason.empty() ? "" : ": ", outcome->reason);
  }
  const auto check = std::find_if(experiment.truth_checks.begin(), experiment.truth_checks.end(),
                                  [&](const auto& one) { return one.candidate == candidate; });
  if (check == experiment.truth_checks.end()) return "unverified: the record holds no check of its outputs";
  // Asked for, an artefact without a reference is ranked; NaN in its outputs still keeps it out.
  if (!check->verified && experiment.plan.rank_unverified && check->passed) return "";
  if (!check->verified) return check->reason.empty() ? "unverified: there is no reference" : check->reason;
  return check->passed ? "" : "wrong output: " + check->reason;
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

std::string why_invalid(const MeasuredGroup& group, const SelfComparison& self) {
  // A group that was resumed has a stop for each time; the last one tells how it ended.
  const results::GroupStop* last = nullptr;
  for (const auto& stop : group.experiment.stops) {
    if (stop.group == group.group.id) last = &stop;
  }
  if (last != nullptr && !last->measurable) return "not measurable: " + last->reason;
  if (self.second_label.verdict != VerdictKind::Invalid) return "";
  return fmt::format(
      "in this run the baseline differs from itself: ratio {:.3f} ({:.3f}-{:.3f}) over {} rounds",
      self.second_label.ratio, self.second_label.low, self.second_label.high, self.second_label.units);
}

std::string why_fresh_invalid(const SelfComparison& self) {
  if (self.second_process.verdict != VerdictKind::Invalid) return "";
  return fmt::format(
      "two processes of the baseline differ: ratio {:.3f} ({:.3f}-{:.3f}) across {} fresh loads",
      self.second_process.ratio, self.second_process.low, self.second_process.high,
      self.second_process.units);
}

// A wait for CPUs is a bias equal in all rounds: the interval stays tight and cannot see it.
std::string why_not_alike(const MeasuredGroup& group, const results::CandidateSpec& candidate) {
  const auto& baseline = baseline_of(group.group);
  const double own = run_delay_share(group, candidate.id).typical;
  const double others = run_delay_share(group, baseline.id).typical;
  for (const auto* spec : {&baseline, &candidate}) {
    const double share = spec == &candidate ? own : others;
    const int threads = threads_of(group, *spec);
    if (threads > 1 && share >= kDelayGate) {
      return fmt::format("the {} threads of {} waited {:.0f} % of the time for a CPU, so they ran as fewer",
                         threads, spec->label, 100 * share);
    }
  }
  if (std::fabs(own - others) <= kMostDelayDifference || std::isnan(own) || std::isnan(others)) return "";
  return fmt::format(
      "{} waited {:.0f} % of the time for a CPU but {} {:.0f} %: a neighbour hit one of them, or "
      "its engine runs more threads than it has CPUs",
      candidate.label, 100 * own, baseline.label, 100 * others);
}

}  // namespace inferometer::analysis
