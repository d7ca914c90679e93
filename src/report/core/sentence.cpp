#include "report/core/sentence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/core/reasons.h"
#include "report/core/wording.h"

namespace inferometer::report {

using analysis::Comparison;
using analysis::printed_ratio;
using analysis::Ratio;
using results::VerdictKind;

namespace {

// "1.43" and "(1.41-1.45)".
struct RatioText {
  std::string value;
  std::string interval;
};

RatioText to_text(double value, double low, double high) {
  const int digits = interval_digits(low, high);
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

// At which level the sentence is, and what it would take to claim something about the configuration.
std::string scope(const Comparison& comparison) {
  if (!comparison.these_loads_only)
    return fmt::format(", across {} fresh loads", comparison.fresh_loads.units);
  if (comparison.needs_loads == 0) return " (these loads)";
  return fmt::format(" (these loads), needs {} more load{} for a claim about the configuration",
                     comparison.needs_loads, comparison.needs_loads == 1 ? "" : "s");
}

std::string within(const GroupView& group) { return fmt::format("{:g} %", 100 * group.margin); }

std::string undecided(const GroupView& group, const Comparison& comparison) {
  const Ratio& ratio = printed_ratio(comparison);
  auto text = fmt::format("{} against {} is undecided", group.label(comparison.candidate),
                          group.label(comparison.baseline));
  if (ratio.units == 0) return text + ": they have no round in common";
  const auto shown = to_text(ratio.ratio, ratio.low, ratio.high);
  text += fmt::format(": latency ratio {} {}", shown.value,
                      std::isinf(ratio.high) ? "(not bounded yet)" : shown.interval);
  text += scope(comparison);
  if (std::isnan(comparison.seconds_more)) return text + ", more time would hardly decide it";
  return text + fmt::format(", about {} more would probably decide it",
                            base::format_seconds(comparison.seconds_more));
}

std::string equivalent(const GroupView& group, const Comparison& comparison) {
  const Ratio& ratio = printed_ratio(comparison);
  return fmt::format("{} and {} are equivalent within {} {}", group.label(comparison.candidate),
                     group.label(comparison.baseline), within(group),
                     to_text(ratio.ratio, ratio.low, ratio.high).interval) +
         scope(comparison);
}

std::string decided(const GroupView& group, const Comparison& comparison) {
  const auto& candidate = group.label(comparison.candidate);
  const auto& baseline = group.label(comparison.baseline);
  const Ratio& ratio = printed_ratio(comparison);
  auto text = comparison.verdict == VerdictKind::Faster ? faster(candidate, baseline, inverse(ratio))
                                                        : faster(baseline, candidate, ratio);
  if (comparison.differs_within_margin) text += ", by less than the margin of " + within(group);
  return text + scope(comparison);
}

std::string headline(const GroupView& group, const Comparison& comparison) {
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
  return fmt::format("{} against {} is invalid: {}", group.label(comparison.candidate),
                     group.label(comparison.baseline), words(comparison.reasons));
}

std::string without_comparison(const GroupView& group) {
  const auto& analysis = *group.analysis;
  if (!analysis.comparisons.empty()) {
    const auto& first = analysis.comparisons.front();
    return fmt::format("no comparison can be ranked: {}: {}", group.label(first.candidate),
                       words(first.reasons));
  }
  const auto& label = group.label(group.group->baseline);
  if (!analysis.baseline_unranked.empty())
    return fmt::format("{}: {}", label, words(analysis.baseline_unranked));
  const auto& summary = analysis.summaries.front();
  if (summary.rounds == 0) return label + " was not measured";
  return fmt::format("{} takes {} (median of {} rounds, {} load{}), there is nothing to compare it with",
                     label, base::format_ns(summary.median_ns), summary.rounds, summary.loads,
                     summary.loads == 1 ? "" : "s");
}

std::string about_leader(const GroupView& group) {
  const auto& analysis = *group.analysis;
  const auto leader = std::find_if(analysis.comparisons.begin(), analysis.comparisons.end(),
                                   [&](const Comparison& one) { return one.candidate == analysis.leading; });
  if (leader == analysis.comparisons.end()) return without_comparison(group);
  auto text = headline(group, *leader);
  if (analysis.tied.empty()) return text;
  std::vector<std::string> labels;
  for (const auto& candidate : analysis.tied) labels.push_back(group.label(candidate));
  return text + ", not certainly faster than " + base::join(labels, ", ");
}

}  // namespace

std::string sentence(const GroupView& group) {
  return about_leader(group) + fmt::format(", trust {}", analysis::to_text(group.analysis->trust.grade));
}

}  // namespace inferometer::report
