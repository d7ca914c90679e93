#include "analysis/comparison.h"

#include <algorithm>
#include <cmath>

#include "analysis/estimate.h"
#include "analysis/ranking.h"
#include "analysis/summary.h"
#include "statistics/sign_sequence.h"

namespace inferometer::analysis {

using results::Mode;
using results::ReasonCode;
using results::Reasons;
using results::VerdictKind;

namespace {

// What one more unit of the group costs, in seconds.
struct UnitCost {
  double round = kNone;
  double load_set = kNone;
};

UnitCost unit_cost(const MeasuredGroup& group) {
  double seconds = 0;
  double rounds = 0;
  for (const auto& set : group.sets) {
    seconds += static_cast<double>(set.set->measuring_ns) / 1e9;
    rounds += set.rounds;
  }
  if (rounds == 0) return {};
  return {seconds / rounds, seconds / static_cast<double>(group.sets.size())};
}

// The family error of the group, shared by its comparisons. What failed before it was measured asks nothing.
double level_of_each(const MeasuredGroup& group) {
  const auto takes_part = [&](const results::CandidateSpec& spec) {
    return spec.id != group.group.baseline &&
           (!has_failed(group.experiment, spec.id) || !loads_of(group, spec.id).empty());
  };
  const auto comparisons =
      std::count_if(group.group.candidates.begin(), group.group.candidates.end(), takes_part);
  return group.experiment.plan.effort.level / static_cast<double>(std::max<std::ptrdiff_t>(1, comparisons));
}

bool floors_contradict(const MeasuredGroup& group, const Comparison& comparison) {
  const double ratio = floor_ns(group, comparison.candidate) / floor_ns(group, comparison.baseline);
  return (comparison.verdict == VerdictKind::Faster && ratio > 1) ||
         (comparison.verdict == VerdictKind::Slower && ratio < 1);
}

Reasons why_unranked_against(const MeasuredGroup& group, const std::string& candidate) {
  const auto own = why_unranked(group.experiment, candidate);
  if (!own.empty()) return own;
  const auto& baseline = baseline_of(group.group);
  auto others = why_unranked(group.experiment, baseline.id);
  if (!others.empty())
    others.insert(others.begin(), results::Reason(ReasonCode::BaselineNotRanked, baseline.label));
  return others;
}

void invalidate(Comparison& comparison, const Reasons& reasons) {
  comparison.these_loads.verdict = comparison.fresh_loads.verdict = comparison.verdict = VerdictKind::Invalid;
  comparison.reasons.insert(comparison.reasons.end(), reasons.begin(), reasons.end());
}

void judge(const MeasuredGroup& group, const SelfComparison& self, Comparison& comparison) {
  const auto mode = group.experiment.plan.effort.mode;
  const auto bounded = statistics::smallest_bounded_count(comparison.level);
  const auto fresh = comparison.fresh_loads.units;
  comparison.these_loads_only = mode == Mode::Quick || fresh < bounded;
  comparison.needs_loads = static_cast<int>(std::max<std::int64_t>(0, bounded - fresh));
  const auto fresh_invalid = why_fresh_invalid(self);
  if (!fresh_invalid.empty()) {
    comparison.fresh_loads.verdict = VerdictKind::Invalid;
    if (!comparison.these_loads_only) comparison.reasons = fresh_invalid;
  }
  comparison.verdict = printed_ratio(comparison).verdict;
}

Comparison compare(const MeasuredGroup& group, const SelfComparison& self, const results::CandidateSpec& spec,
                   double level) {
  const auto& effort = group.experiment.plan.effort;
  const Criterion criterion{level, effort.margin};
  Comparison comparison;
  comparison.candidate = spec.id;
  comparison.baseline = group.group.baseline;
  comparison.level = level;
  comparison.reasons = why_unranked_against(group, spec.id);
  comparison.ranked = comparison.reasons.empty();
  const auto by_set = log_ratios(group, spec.id, results::Role::Candidate);
  if (by_set.empty() && !comparison.ranked) return comparison;
  comparison.these_loads = estimate(pooled_rounds(by_set), criterion);
  comparison.fresh_loads = estimate(set_medians(by_set), criterion);
  judge(group, self, comparison);
  for (const auto& reasons : {why_invalid(group, self), why_not_alike(group, spec)}) {
    if (!reasons.empty()) invalidate(comparison, reasons);
  }
  const Ratio& asked = ratio_of_mode(comparison, effort.mode);
  if (asked.verdict == VerdictKind::Undecided) {
    const auto cost = unit_cost(group);
    comparison.seconds_more =
        seconds_to_decide(asked, criterion, effort.mode == Mode::Quick ? cost.round : cost.load_set);
  }
  comparison.differs_within_margin =
      is_decided(comparison.verdict) && differs_within_margin(printed_ratio(comparison), effort.margin);
  const NoiseBand noise = noise_band(self);
  const double printed = printed_ratio(comparison).ratio;
  comparison.inside_noise = printed >= noise.low && printed <= noise.high;
  comparison.floor_contradicts = floors_contradict(group, comparison);
  return comparison;
}

}  // namespace

std::vector<Comparison> compare_candidates(const MeasuredGroup& group, const SelfComparison& self) {
  const double level = level_of_each(group);
  std::vector<Comparison> comparisons;
  for (const auto& spec : group.group.candidates) {
    if (spec.id != group.group.baseline) comparisons.push_back(compare(group, self, spec, level));
  }
  return comparisons;
}

void compare_cpu_time(const MeasuredGroup& group, std::vector<Comparison>& comparisons) {
  for (auto& comparison : comparisons) {
    const auto by_set = cpu_log_ratios(group, comparison.candidate);
    comparison.cpu_time = estimate(comparison.these_loads_only ? pooled_rounds(by_set) : set_medians(by_set),
                                   {comparison.level, group.experiment.plan.effort.margin});
  }
}

Pair compare_rivals(const GroupAnalysis& group, const std::string& candidate, const std::string& rival,
                    double margin) {
  const auto of = [&](const std::string& id) {
    const auto found = std::find_if(group.comparisons.begin(), group.comparisons.end(),
                                    [&](const auto& one) { return one.candidate == id; });
    return found == group.comparisons.end() ? nullptr : &*found;
  };
  const auto is_of_group = [&](const std::string& id) {
    return of(id) != nullptr || (!group.comparisons.empty() && group.comparisons.front().baseline == id);
  };
  const Comparison* own = of(candidate);
  const Comparison* others = of(rival);
  Pair pair;
  if (!is_of_group(candidate) || !is_of_group(rival) || own == others) return pair;
  const Comparison& left = own != nullptr ? *own : *others;
  const Comparison& right = others != nullptr ? *others : *own;
  const auto over = [&](const Ratio& a, const Ratio& b) {
    const Ratio one{1, 1, 1, a.units};  // the baseline over itself; a and b are then the same
    return quotient(own == nullptr ? one : a, others == nullptr ? one : b, margin);
  };
  // One of them may have missed a load: these loads are then what both are about.
  pair.these_loads_only = left.these_loads_only || right.these_loads_only;
  pair.latency = pair.these_loads_only ? over(left.these_loads, right.these_loads)
                                       : over(left.fresh_loads, right.fresh_loads);
  if (left.these_loads_only == right.these_loads_only) pair.cpu_time = over(left.cpu_time, right.cpu_time);
  pair.needs_loads = std::max(left.needs_loads, right.needs_loads);
  return pair;
}

NoiseBand noise_band(const SelfComparison& self) {
  NoiseBand band;
  for (const auto* part : {&self.second_label, &self.second_process}) {
    if (part->units == 0 || !(part->low > 0) || !std::isfinite(part->high)) continue;
    // fmin and fmax: the first bounded part has no band to widen yet.
    band.low = std::fmin(band.low, std::fmin(1, part->low));
    band.high = std::fmax(band.high, std::fmax(1, part->high));
  }
  return band;
}

const Ratio& ratio_of_mode(const Comparison& comparison, Mode mode) {
  return mode == Mode::Quick ? comparison.these_loads : comparison.fresh_loads;
}

const Ratio& printed_ratio(const Comparison& comparison) {
  return comparison.these_loads_only ? comparison.these_loads : comparison.fresh_loads;
}

bool is_decided(VerdictKind verdict) {
  return verdict == VerdictKind::Faster || verdict == VerdictKind::Slower ||
         verdict == VerdictKind::Equivalent;
}

}  // namespace inferometer::analysis
