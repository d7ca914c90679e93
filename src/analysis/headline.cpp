#include "analysis/headline.h"

#include <algorithm>

#include "analysis/comparison.h"

namespace inferometer::analysis {

using results::VerdictKind;

namespace {

// Verdicts that speak more clearly come first, the lower ratio breaks ties: the fastest against the baseline.
const Comparison& leading(const std::vector<const Comparison*>& ranked) {
  const auto place = [](const Comparison& comparison) {
    switch (comparison.verdict) {
      case VerdictKind::Faster:
        return 0;
      case VerdictKind::Equivalent:
      case VerdictKind::Undecided:
        return 1;
      case VerdictKind::Slower:
        return 2;
      case VerdictKind::Invalid:
        return 3;
    }
    return 3;
  };
  return **std::min_element(ranked.begin(), ranked.end(), [&](const Comparison* a, const Comparison* b) {
    if (place(*a) != place(*b)) return place(*a) < place(*b);
    return printed_ratio(*a).ratio < printed_ratio(*b).ratio;
  });
}

// Intervals at the shared level hold all true ratios at once, so disjoint ones order their candidates.
// Those of different levels (these loads, fresh loads) are about different things.
bool is_certainly_slower(const Comparison& rival, const Comparison& leader) {
  return rival.verdict != VerdictKind::Invalid && rival.these_loads_only == leader.these_loads_only &&
         printed_ratio(rival).low > printed_ratio(leader).high;
}

std::vector<std::string> tied_with(const Comparison& leader, const std::vector<const Comparison*>& ranked) {
  std::vector<std::string> candidates;
  for (const auto* rival : ranked) {
    const bool slower = leader.verdict == VerdictKind::Slower ? rival->verdict == VerdictKind::Slower
                                                              : is_certainly_slower(*rival, leader);
    if (rival != &leader && !slower) candidates.push_back(rival->candidate);
  }
  return candidates;
}

}  // namespace

void conclude(const MeasuredGroup& group, GroupAnalysis& analysis) {
  analysis.baseline_unranked = why_unranked(group.experiment, group.group.baseline);
  std::vector<const Comparison*> ranked;
  for (const auto& comparison : analysis.comparisons) {
    if (comparison.ranked) ranked.push_back(&comparison);
  }
  if (ranked.empty()) return;
  const Comparison& leader = leading(ranked);
  analysis.leading = leader.candidate;
  if (!is_decided(leader.verdict)) return;
  analysis.tied = tied_with(leader, ranked);
  if (!analysis.tied.empty()) return;
  if (leader.verdict == VerdictKind::Faster) analysis.fastest = leader.candidate;
  if (leader.verdict == VerdictKind::Slower) analysis.fastest = leader.baseline;
}

}  // namespace inferometer::analysis
