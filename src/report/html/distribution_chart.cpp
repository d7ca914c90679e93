#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/core/findings.h"
#include "report/core/reasons.h"
#include "report/core/wording.h"
#include "report/html/distribution_chart.h"
#include "report/html/parts.h"
#include "report/html/svg.h"

namespace inferometer::report {
namespace {

constexpr Range kPlot = {10, 220};  ///< top and bottom
constexpr int kHeight = 262;

struct Curve {
  const analysis::Distribution* distribution;
  std::size_t series;
  std::string label;
};

std::vector<Curve> curves_of(const GroupView& group) {
  std::vector<Curve> curves;
  for (std::size_t i = 0; i < group.candidates.size(); ++i) {
    const auto* found = distribution(group, group.candidates[i].spec->id);
    if (found != nullptr && !found->curve.empty() && found->curve.front().value_ns > 0)
      curves.push_back({found, i, group.candidates[i].spec->label});
  }
  return curves;
}

struct Axes {
  Scale latency;
  Scale share;
};

Axes axes_of(const std::vector<Curve>& curves) {
  Range latency{INFINITY, 0};
  double last = 0;
  for (const auto& curve : curves) {
    latency.low = std::min(latency.low, curve.distribution->curve.front().value_ns);
    latency.high = std::max(latency.high, curve.distribution->curve.back().value_ns);
    last = std::max(last, curve.distribution->curve.back().p);
  }
  latency = padded_log(latency, 0.03);
  return {Scale(Spacing::Log, latency.low, latency.high), Scale(Spacing::Tail, 0, last)};
}

void draw_axes(Drawing& drawing, const Axes& axes, const TimeUnit& unit) {
  std::vector<Tick> ticks;
  const Range shown = {axes.latency.low() / unit.nanoseconds, axes.latency.high() / unit.nanoseconds};
  for (const double tick : decade_ticks(shown, 6))
    ticks.push_back({tick * unit.nanoseconds, fmt::format("{:g}", tick)});
  draw_x_axis(drawing, axes.latency, ticks, kPlot);
  ticks.clear();
  for (const double p : {0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999}) {
    if (p <= axes.share.high() + 1e-12) ticks.push_back({p, fmt::format("{:g} %", 100 * p)});
  }
  draw_y_axis(drawing, axes.share, ticks, kPlot);
  drawing.text({0, 0}, "share of runs that are as fast (tail axis)", "axis");
  drawing.text({0, kPlot.high + 34}, fmt::format("latency of a run, {} (log)", unit.name), "axis");
}

void draw_curve(Drawing& drawing, const Axes& axes, const Curve& curve) {
  const auto at = [&](const analysis::Quantile& quantile) {
    return Point{axes.latency.at(quantile.value_ns), y_at(axes.share, quantile.p, kPlot)};
  };
  std::vector<Point> points;
  std::string tooltip = curve.label;
  for (const auto& quantile : curve.distribution->curve) points.push_back(at(quantile));
  for (const auto& mark : curve.distribution->marks)
    tooltip += fmt::format(", {} {}", percentile_name(mark.p), base::format_ns(mark.value_ns));
  drawing.begin_part(curve.distribution->candidate, tooltip);
  drawing.curve(points, "curve " + colour_class(curve.series));
  for (const auto& mark : curve.distribution->marks)
    drawing.mark(at(mark), curve.series, "mark " + colour_class(curve.series));
  drawing.end_part();
}

std::string method(const GroupView& group) {
  std::string text =
      "Every undisturbed run of all loads of a candidate; marks at p50, p95 and p99. A curve ends where "
      "fewer than "
      "ten runs lie beyond it, since these could not say where the tail is.";
  std::vector<std::string> blank;
  for (const auto& one : group.analysis->distributions) {
    if (!one.why_blank.empty()) blank.push_back(group.label(one.candidate) + " " + words(one.why_blank));
  }
  return blank.empty() ? text : text + " Without a curve: " + base::join(blank, "; ") + ".";
}

}  // namespace

std::string distribution_chart(const GroupView& group, const std::string& id) {
  const auto curves = curves_of(group);
  if (curves.empty()) return "";
  const auto axes = axes_of(curves);
  const auto& fastest = group.analysis->fastest;
  html::Figure figure{distribution_finding(group, fastest.empty() ? group.group->baseline : fastest),
                      {},
                      "",
                      method(group),
                      html::folded(percentiles_sheet(group))};
  std::vector<html::LegendItem> items;
  // More curves than colours cannot be distinguished: further panels, on the same axes.
  for (std::size_t begin = 0; begin < curves.size(); begin += kColours) {
    Drawing drawing(fmt::format("{}-{}", id, begin / kColours), kHeight,
                    {figure.finding, "Cumulative shares of runs by latency, log axis and tail axis"});
    draw_axes(drawing, axes, unit_for(group));
    for (std::size_t i = begin; i < std::min(curves.size(), begin + kColours); ++i)
      draw_curve(drawing, axes, curves[i]);
    figure.drawings.push_back(drawing.done());
  }
  for (const auto& curve : curves) {
    items.push_back({curve.distribution->candidate, curve.series, curve.label,
                     fmt::format("N = {}", curve.distribution->samples)});
  }
  figure.legend = html::legend(items);
  return html::figure(figure);
}

}  // namespace inferometer::report
