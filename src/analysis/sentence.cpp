#include "analysis/sentence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/comparison.h"
#include "analysis/ranking.h"
#include "base/text.h"

namespace inferometer::analysis {

using results::VerdictKind;

namespace {

const std::string& label_of(const MeasuredGroup& group, const std::string& candidate) {
  const auto& candidates = group.group.candidates;
  return std::find_if(candidates.begin(), candidates.end(),
                      [&](const auto& spec) { return spec.id == candidate; })
      ->label;
}

// As many digits as tell the ends from each other and from 1: "1.43 (1.41-1.45)", "1.008 (1.003-1.012)".
struct RatioText {
  std::string value;
  std::string interval;
};

RatioText to_text(double value, double low, double high) {
  const auto digits_are_enough = [&](int digits) {
    const auto text = [&](double number) { return fmt::format("{:.{}f}", number, digits); };
    return text(low) != text(high) && text(low) != text(1) && text(high) != text(1);
  };
  int digits = 2;
  while (digits < 4 && !digits_are_enough(digits)) ++digits;
  return {fmt::format("{:.{}f}", value, digits), fmt::format("({:.{}f}-{:.{}f})", low, digits, high, digits)};
}

// The winner of a comparison and its speed-up over the other side.
std::string faster(const std::string& winner, const std::string& loser, const Ratio& speed_up) {
  const auto text = to_text(speed_up.ratio, speed_up.low, speed_up.high);
  return fmt::format("{} is {}x faster {} than {}", winner, text.value, text.interval, loser);
}

Ratio inverse(const Ratio& ratio) {
  Ratio inverted = ratio;
  inverted.ratio = 1 / ratio.ratio;
  inverted.low = 1 / ratio.high;
  inverted.high = 1 / ratio.low;
  return inverted;
}

// At which level the sentence speaks, and what it would take to speak of the configuration.
std::string scope(const Comparison& comparison) {
  if (!comparison.these_loads_only)
    return fmt::format(", across {} fresh loads", comparison.fresh_loads.units);
  if (comparison.needs_loads == 0) return " (these loads)";
  return fmt::format(" (these loads), needs {} more load{} for a claim about the configuration",
                     comparison.needs_loads, comparison.needs_loads == 1 ? "" : "s");
}

std::string within(const MeasuredGroup& group) {
  return fmt::format("{:g} %", 100 * group.experiment.plan.effort.margin);
}

std::string undecided(const MeasuredGroup& group, const Comparison& comparison) {
  const Ratio& ratio = printed_ratio(comparison);
  auto text = fmt::format("{} against {} is undecided", label_of(group, comparison.candidate),
                          label_of(group, comparison.baseline));
  if (ratio.units == 0) return text + ": they have no round in common";
  const auto shown = to_text(ratio.ratio, ratio.low, ratio.high);
  text += fmt::format(": latency ratio {} {}", shown.value,
                      std::isinf(ratio.high) ? "(not bounded yet)" : shown.interval);
  text += scope(comparison);
  if (std::isnan(comparison.seconds_more)) return text + ", more time would hardly decide it";
  return text + fmt::format(", about {} more would probably decide it",
                            base::format_seconds(comparison.seconds_more));
}

std::string equivalent(const MeasuredGroup& group, const Comparison& comparison) {
  const Ratio& ratio = printed_ratio(comparison);
  return fmt::format("{} and {} are equivalent within {} {}", label_of(group, comparison.candidate),
                     label_of(group, comparison.baseline), within(group),
                     to_text(ratio.ratio, ratio.low, ratio.high).interval) +
         scope(comparison);
}

std::string decided(const MeasuredGroup& group, const Comparison& comparison) {
  const auto& candidate = label_of(group, comparison.candidate);
  const auto& baseline = label_of(group, comparison.baseline);
  const Ratio& ratio = printed_ratio(comparison);
  auto text = comparison.verdict == VerdictKind::Faster ? faster(candidate, baseline, inverse(ratio))
                                                        : faster(baseline, candidate, ratio);
  if (comparison.differs_within_margin) text += ", by less than the margin of " + within(group);
  return text + scope(comparison);
}

std::string headline(const MeasuredGroup& group, const Comparison& comparison) {
  switch (comparison.verdict) {
    case VerdictKind::Faster:
    case VerdictKind::Slower:
      return decided(group, comparison);
    case VerdictKind::Equivalent:
      return equivalent(group, comparison);
    case VerdictKind::Undecided:
      return undecided(group, comparison);
    case VerdictKind::Invalid:
      break;
  }
  return fmt::format("{} against {} is invalid: {}", label_of(group, comparison.candidate),
                     label_of(group, comparison.baseline), comparison.why);
}

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
// Those of different levels (these loads, fresh loads) speak of different things.
bool is_certainly_slower(const Comparison& rival, const Comparison& leader) {
  return rival.verdict != VerdictKind::Invalid && rival.these_loads_only == leader.these_loads_only &&
         printed_ratio(rival).low > printed_ratio(leader).high;
}

std::vector<std::string> tied_with(const MeasuredGroup& group, const Comparison& leader,
                                   const std::vector<const Comparison*>& ranked) {
  std::vector<std::string> labels;
  for (const auto* rival : ranked) {
    const bool slower = leader.verdict == VerdictKind::Slower ? rival->verdict == VerdictKind::Slower
                                                              : is_certainly_slower(*rival, leader);
    if (rival != &leader && !slower) labels.push_back(label_of(group, rival->candidate));
  }
  return labels;
}

std::string without_comparison(const MeasuredGroup& group, const GroupAnalysis& analysis) {
  if (!analysis.comparisons.empty()) {
    const auto& first = analysis.comparisons.front();
    return fmt::format("no comparison can be ranked: {}: {}", label_of(group, first.candidate), first.why);
  }
  const auto& only = baseline_of(group.group);
  const auto why = why_unranked(group.experiment, only.id);
  if (!why.empty()) return fmt::format("{}: {}", only.label, why);
  const auto& summary = analysis.summaries.front();
  if (summary.rounds == 0) return only.label + " was not measured";
  return fmt::format("{} takes {} (median of {} rounds, {} load{}), there is nothing to compare it with",
                     only.label, base::format_ns(summary.median_ns), summary.rounds, summary.loads,
                     summary.loads == 1 ? "" : "s");
}

}  // namespace

void conclude(const MeasuredGroup& group, GroupAnalysis& analysis) {
  std::vector<const Comparison*> ranked;
  for (const auto& comparison : analysis.comparisons) {
    if (comparison.ranked) ranked.push_back(&comparison);
  }
  if (ranked.empty()) {
    analysis.sentence = without_comparison(group, analysis);
  } else {
    const Comparison& leader = leading(ranked);
    const auto tied = tied_with(group, leader, ranked);
    analysis.sentence = headline(group, leader);
    if (is_decided(leader.verdict) && !tied.empty()) {
      analysis.sentence += ", not certainly faster than " + base::join(tied, ", ");
    }
    if (leader.verdict == VerdictKind::Faster && tied.empty()) analysis.fastest = leader.candidate;
    if (leader.verdict == VerdictKind::Slower && tied.empty()) analysis.fastest = leader.baseline;
  }
  analysis.sentence += fmt::format(", trust {}", to_text(analysis.trust.grade));
}

}  // namespace inferometer::analysis
