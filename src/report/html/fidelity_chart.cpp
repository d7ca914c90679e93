#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "report/core/findings.h"
#include "report/core/wording.h"
#include "report/html/fidelity_chart.h"
#include "report/html/parts.h"
#include "report/html/svg.h"

namespace inferometer::report {
namespace {

constexpr Range kPlot = {10, 170};  ///< top and bottom
constexpr double kZeroLane = 192;   ///< below the log axis, which has no place for an error of 0
constexpr int kErrorHeight = 240;
constexpr int kSizeHeight = 210;

struct Dot {
  const CandidateView* candidate;
  std::size_t series;
  double latency_ns;
  double error;       ///< relative
  double size_bytes;  ///< 0: unknown
};

/// "0.002", and "2e-5" where zeros would have to be counted.
std::string small_number(double value) {
  if (value >= 1e-3) return fmt::format("{:g}", value);
  const double power = std::floor(std::log10(value) + 1e-9);
  return fmt::format("{:g}e{:.0f}", value / std::pow(10, power), power);
}

std::vector<Dot> dots_of(const GroupView& group) {
  std::vector<Dot> dots;
  for (std::size_t i = 0; i < group.candidates.size(); ++i) {
    const auto& candidate = group.candidates[i];
    const bool measured = candidate.summary != nullptr && candidate.summary->median_ns > 0;
    if (!measured || candidate.truth == nullptr || !candidate.truth->verified) continue;
    if (!std::isfinite(candidate.truth->max_rel_error)) continue;
    const auto size = candidate.artefact == nullptr ? 0 : candidate.artefact->size_bytes;
    dots.push_back({&candidate, i, candidate.summary->median_ns, candidate.truth->max_rel_error,
                    static_cast<double>(size)});
  }
  return dots;
}

Range range_of(const std::vector<Dot>& dots, double Dot::*field) {
  Range range{INFINITY, 0};
  for (const auto& dot : dots) {
    if (dot.*field > 0) range = {std::min(range.low, dot.*field), std::max(range.high, dot.*field)};
  }
  return range;
}

struct Axes {
  Scale latency;
  Scale other;
};

void draw_latency_axis(Drawing& drawing, const GroupView& group, const Scale& scale, double bottom) {
  const TimeUnit unit = unit_for(group);
  std::vector<Tick> ticks;
  for (const double tick : decade_ticks({scale.low() / unit.nanoseconds, scale.high() / unit.nanoseconds}, 6))
    ticks.push_back({tick * unit.nanoseconds, fmt::format("{:g}", tick)});
  draw_x_axis(drawing, scale, ticks, {kPlot.low, bottom});
  drawing.text({0, bottom + 34}, fmt::format("median latency, {} (log)", unit.name), "axis");
}

/// Dots that are not ranked are hollow.
void draw_dots(Drawing& drawing, const std::vector<Dot>& dots, const Axes& axes, double Dot::*field) {
  for (const auto& dot : dots) {
    const double y = dot.*field > 0 ? y_at(axes.other, dot.*field, kPlot) : kZeroLane;
    drawing.begin_part(dot.candidate->spec->id,
                       fmt::format("{}: median {}, error {:.2g}, {}", dot.candidate->spec->label,
                                   base::format_ns(dot.latency_ns), dot.error,
                                   size(static_cast<std::int64_t>(dot.size_bytes))));
    const bool ranked = dot.candidate->is_baseline()
                            ? dot.candidate->truth->passed && !dot.candidate->failed()
                            : dot.candidate->comparison->ranked;
    drawing.mark({axes.latency.at(dot.latency_ns), y}, dot.series,
                 (ranked ? "mark " : "mark hollow ") + colour_class(dot.series));
    drawing.end_part();
  }
}

std::string error_panel(const GroupView& group, const std::vector<Dot>& dots, const Scale& latency,
                        const std::string& id) {
  // Where every output is exact, one decade for the axis.
  auto range = range_of(dots, &Dot::error);
  const bool exact = range.high == 0;
  range = exact ? Range{1e-7, 1e-6} : Range{range.low / 3, range.high * 3};
  const Axes axes{latency, Scale(Spacing::Log, range.low, range.high)};
  Drawing drawing(id, kErrorHeight,
                  {fidelity_finding(group), "Largest relative error by median latency, log axes"});
  std::vector<Tick> ticks;
  for (const double tick : decade_ticks(range, 5)) ticks.push_back({tick, small_number(tick)});
  if (!exact) draw_y_axis(drawing, axes.other, ticks, kPlot);
  drawing.line({0, kZeroLane}, {1, kZeroLane}, "grid");
  drawing.text({0, kZeroLane + 4}, "0", "tick side", "end");
  draw_latency_axis(drawing, group, latency, kZeroLane + 8);
  draw_dots(drawing, dots, axes, &Dot::error);
  drawing.text({0, 0}, "largest error of the outputs (log)", "axis");
  return drawing.done();
}

std::string size_panel(const GroupView& group, const std::vector<Dot>& dots, const Scale& latency,
                       const std::string& id) {
  const auto range = padded_log(range_of(dots, &Dot::size_bytes), 0.1);
  const Axes axes{latency, Scale(Spacing::Log, range.low, range.high)};
  Drawing drawing(id, kSizeHeight, {"Size of the model", "Size of the artefact by median latency, log axes"});
  std::vector<Tick> ticks;
  for (const double tick : decade_ticks({range.low / 1e6, range.high / 1e6}, 5))
    ticks.push_back({tick * 1e6, fmt::format("{:g}", tick)});
  draw_y_axis(drawing, axes.other, ticks, kPlot);
  draw_latency_axis(drawing, group, latency, kPlot.high);
  draw_dots(drawing, dots, axes, &Dot::size_bytes);
  drawing.text({0, 0}, "size, MB (log)", "axis");
  return drawing.done();
}

bool sizes_differ(const std::vector<Dot>& dots) {
  std::set<double> sizes;
  for (const auto& dot : dots) sizes.insert(dot.size_bytes);
  return sizes.size() > 1 && !sizes.contains(0);
}

}  // namespace

std::string fidelity_chart(const GroupView& group, const std::string& id) {
  const auto dots = dots_of(group);
  if (dots.size() < 2) return "";
  const auto range = padded_log(range_of(dots, &Dot::latency_ns), 0.08);
  const Scale latency(Spacing::Log, range.low, range.high);
  html::Figure figure{
      fidelity_finding(group),
      {error_panel(group, dots, latency, id + "-error")},
      "",
      "Down and to the left is better. Outputs are held against the float32 reference before "
      "anything is timed; the error is the largest absolute difference over the largest absolute "
      "value of the reference. A hollow mark is not ranked.",
      html::folded(truth_sheet(group))};
  if (sizes_differ(dots)) {
    figure.drawings.push_back(size_panel(group, dots, latency, id + "-size"));
  } else if (dots.front().size_bytes > 0) {
    figure.method += " Every model is " + size(static_cast<std::int64_t>(dots.front().size_bytes)) +
                     ", so size is not drawn.";
  }
  std::vector<html::LegendItem> items;
  for (const auto& dot : dots)
    items.push_back({dot.candidate->spec->id, dot.series, dot.candidate->spec->label, ""});
  figure.legend = html::legend(items);
  return html::figure(figure);
}

}  // namespace inferometer::report
