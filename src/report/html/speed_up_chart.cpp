#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/core/findings.h"
#include "report/core/wording.h"
#include "report/html/parts.h"
#include "report/html/speed_up_chart.h"
#include "report/html/svg.h"
#include "report/terminal/grid.h"

namespace inferometer::report {
namespace {

using results::VerdictKind;

constexpr double kRowHeight = 42;
constexpr std::size_t kLongestLabel = 32;

struct Bar {
  const CandidateView* candidate;
  double value, low, high;  ///< speed-ups; low 0 or high infinity: not bounded
};

std::vector<Bar> bars_of(const GroupView& group) {
  std::vector<Bar> bars;
  for (const auto& candidate : group.candidates) {
    if (candidate.is_baseline()) continue;
    const auto& ratio = analysis::printed_ratio(*candidate.comparison);
    if (std::isfinite(ratio.ratio) && ratio.ratio > 0)
      bars.push_back({&candidate, 1 / ratio.ratio, 1 / ratio.high, 1 / ratio.low});
  }
  return bars;
}

/// Everything that is drawn, where it is bounded.
Range range_of(const std::vector<Bar>& bars, const analysis::NoiseBand& noise) {
  Range range{1, 1};
  const auto include = [&](double value) {
    if (!(value > 0) || !std::isfinite(value)) return;
    range = {std::min(range.low, value), std::max(range.high, value)};
  };
  for (const auto& bar : bars) {
    for (const double value : {bar.value, bar.low, bar.high}) include(value);
  }
  include(1 / noise.low);
  include(1 / noise.high);
  return padded_log(range, 0.04);
}

/// "hollow" where the number is no verdict.
const char* ink_of(const analysis::Comparison& comparison) {
  if (!comparison.ranked || comparison.verdict == VerdictKind::Invalid) return "bar hollow";
  if (comparison.inside_noise) return "bar level";
  switch (comparison.verdict) {
    case VerdictKind::Faster:
      return "bar faster";
    case VerdictKind::Slower:
      return "bar slower";
    default:
      return "bar level";
  }
}

/// What is written beside the bar: inside the band its verdict would be read as more than it is.
std::string words(const CandidateView& candidate) {
  const auto& comparison = *candidate.comparison;
  const bool claims = comparison.ranked && comparison.verdict != VerdictKind::Invalid;
  return claims && comparison.inside_noise ? "no difference shown" : verdict(candidate);
}

void draw_bar(Drawing& drawing, const Scale& scale, const Bar& bar, double top) {
  const auto& comparison = *bar.candidate->comparison;
  const double middle = top + 26;
  drawing.begin_part(bar.candidate->spec->id, bar.candidate->spec->label + ": " + speed_up(*bar.candidate) +
                                                  ", " + words(*bar.candidate));
  // A name is not crossed by the lines of the plot.
  drawing.box({0, top}, {1, top + 16}, "clear");
  drawing.text({0, top + 12}, clip(bar.candidate->spec->label, kLongestLabel), "label");
  drawing.box({scale.at(1), middle - 7}, {scale.at(bar.value), middle + 7}, ink_of(comparison));
  drawing.line({scale.at(bar.low), middle}, {scale.at(bar.high), middle}, "whisker");
  for (const double end : {bar.low, bar.high}) {
    if (end > 0 && std::isfinite(end))
      drawing.line({scale.at(end), middle - 4}, {scale.at(end), middle + 4}, "whisker");
  }
  drawing.text({1, top + 12}, speed_up(*bar.candidate), "beside strong");
  drawing.text({1, middle + 4}, words(*bar.candidate), "beside");
  drawing.end_part();
}

std::string method(const GroupView& group, const std::vector<Bar>& bars) {
  const auto& noise = group.analysis->noise;
  std::string text = fmt::format(
      "Median latency of {} over that of each candidate, paired within rounds, with its confidence "
      "sequence; {}. An end without a cap is not bounded yet. ",
      group.baseline().spec->label, counts(group));
  text += std::isnan(noise.low)
              ? "The baseline was not compared with itself often enough to draw its A/A band."
              : fmt::format(
                    "Grey band: the baseline against itself (A/A), {:.3f} to {:.3f}; a bar that ends in "
                    "it is called \xE2\x80\x9Cno difference shown\xE2\x80\x9D, whatever its verdict.",
                    1 / noise.high, 1 / noise.low);
  const auto left_out = group.candidates.size() - 1 - bars.size();
  if (left_out > 0)
    text += fmt::format(" In the table only, for want of a ratio: {} of {} candidates.", left_out,
                        group.candidates.size());
  return text;
}

}  // namespace

std::string speed_up_chart(const GroupView& group, const std::string& id) {
  const auto bars = bars_of(group);
  if (bars.empty()) return "";
  const auto range = range_of(bars, group.analysis->noise);
  const Scale scale(Spacing::Log, range.low, range.high);
  const double bottom = kRowHeight * static_cast<double>(bars.size()) + 6;
  const auto finding = speed_up_finding(group);
  Drawing drawing(id, static_cast<int>(bottom) + 40,
                  {finding, "Bars of the speed-up over " + group.baseline().spec->label + ", log axis"});
  if (const auto& noise = group.analysis->noise; !std::isnan(noise.low))
    drawing.box({scale.at(1 / noise.high), 16}, {scale.at(1 / noise.low), bottom}, "noise");
  std::vector<Tick> ticks;
  for (const double tick : doubling_ticks(range, 5)) ticks.push_back({tick, fmt::format("{:g}", tick)});
  draw_x_axis(drawing, scale, ticks, {16, bottom});
  drawing.line({scale.at(1), 16}, {scale.at(1), bottom}, "one");
  for (std::size_t i = 0; i < bars.size(); ++i)
    draw_bar(drawing, scale, bars[i], kRowHeight * static_cast<double>(i));
  drawing.text({0, bottom + 34}, "speed-up over " + clip(group.baseline().spec->label, kLongestLabel),
               "axis");
  return html::figure(
      {finding, {drawing.done()}, "", method(group, bars), html::folded(ratios_sheet(group)), "bars"});
}

}  // namespace inferometer::report
