#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "report/core/findings.h"
#include "report/core/wording.h"
#include "report/html/batch_chart.h"
#include "report/html/parts.h"
#include "report/html/svg.h"

namespace inferometer::report {
namespace {

constexpr Range kPlot = {10, 170};  ///< top and bottom
constexpr int kHeight = 212;
constexpr int kMostTicks = 7;

/// One of the small multiples.
struct Panel {
  std::string title;
  double analysis::BatchPoint::*field;
  double unit;  ///< of the field, that a label counts in
  Scale scale;
  std::vector<double> ticks;  ///< in that unit
};

Range range_of(const analysis::BatchSweep& sweep, double analysis::BatchPoint::*field) {
  Range range{INFINITY, 0};
  for (const auto& curve : sweep.curves) {
    for (const auto& point : curve.points) {
      if (point.*field > 0) range = {std::min(range.low, point.*field), std::max(range.high, point.*field)};
    }
  }
  return range;
}

Panel throughput_panel(const analysis::BatchSweep& sweep) {
  const Range range = {0, 1.05 * range_of(sweep, &analysis::BatchPoint::throughput_per_second).high};
  return {"throughput, items/s", &analysis::BatchPoint::throughput_per_second, 1,
          Scale(Spacing::Linear, range.low, range.high), linear_ticks(range, 5)};
}

Panel latency_panel(const analysis::BatchSweep& sweep) {
  const Range range = padded_log(range_of(sweep, &analysis::BatchPoint::median_ns), 0.06);
  const TimeUnit unit = unit_of(range.low);
  return {fmt::format("median latency of a batch, {} (log)", unit.name), &analysis::BatchPoint::median_ns,
          unit.nanoseconds, Scale(Spacing::Log, range.low, range.high),
          decade_ticks({range.low / unit.nanoseconds, range.high / unit.nanoseconds}, 6)};
}

std::vector<double> batches_of(const analysis::BatchSweep& sweep) {
  std::set<double> batches;
  for (const auto& curve : sweep.curves) {
    for (const auto& point : curve.points) batches.insert(static_cast<double>(point.batch_size));
  }
  return {batches.begin(), batches.end()};
}

void draw_axes(Drawing& drawing, const Scale& batch_scale, const std::vector<double>& batches,
               const Panel& panel) {
  std::vector<Tick> ticks;
  const auto step = batches.size() / kMostTicks + 1;
  for (std::size_t i = 0; i < batches.size(); i += step)
    ticks.push_back({batches[i], fmt::format("{:.0f}", batches[i])});
  draw_x_axis(drawing, batch_scale, ticks, kPlot);
  ticks.clear();
  for (const double tick : panel.ticks) ticks.push_back({tick * panel.unit, fmt::format("{:g}", tick)});
  draw_y_axis(drawing, panel.scale, ticks, kPlot);
  drawing.text({0, 0}, panel.title, "axis");
  drawing.text({0, kPlot.high + 34}, "batch size (log)", "axis");
}

struct Series {
  const analysis::BatchCurve& curve;
  std::size_t colour;
};

void draw_curve(Drawing& drawing, const Scale& batch_scale, const Panel& panel, const Series& series) {
  const auto& curve = series.curve;
  std::vector<Point> points;
  std::string tooltip = curve.label;
  for (const auto& point : curve.points) {
    points.push_back({batch_scale.at(static_cast<double>(point.batch_size)),
                      y_at(panel.scale, point.*panel.field, kPlot)});
    tooltip += fmt::format(", batch {}: {} items/s in {}", point.batch_size,
                           rate(point.throughput_per_second), base::format_ns(point.median_ns));
  }
  drawing.begin_part(curve.points.front().candidate, tooltip);
  drawing.curve(points, "curve " + colour_class(series.colour));
  for (std::size_t i = 0; i < points.size(); ++i)
    drawing.mark(points[i], series.colour,
                 (curve.points[i].ranked ? "mark " : "mark hollow ") + colour_class(series.colour));
  drawing.end_part();
}

Sheet points_sheet(const analysis::BatchSweep& sweep) {
  Sheet sheet{"Batch sizes", {"candidate", "batch", "items/s", "median latency"}, {}, ""};
  for (const auto& curve : sweep.curves) {
    for (const auto& point : curve.points) {
      sheet.rows.push_back({{curve.label, Entry::Kind::Name},
                            {std::to_string(point.batch_size)},
                            {rate(point.throughput_per_second)},
                            {base::format_ns(point.median_ns)}});
    }
  }
  return sheet;
}

}  // namespace

std::string batch_chart(const analysis::BatchSweep& sweep, const std::string& id) {
  const auto batches = batches_of(sweep);
  const auto range = padded_log({batches.front(), batches.back()}, 0.04);
  const Scale batch_scale(Spacing::Log, range.low, range.high);
  html::Figure figure{
      batch_finding(sweep),
      {},
      "",
      "Throughput is items over timed wall, one batch after the other on one stream. Batch sizes "
      "were measured one after the other and not side by side, so steps along a curve carry no "
      "interval and no verdict. A hollow mark is not ranked.",
      html::folded(points_sheet(sweep))};
  std::vector<html::LegendItem> items;
  // More curves than colours cannot be distinguished: further panels, on the same axes.
  for (std::size_t begin = 0; begin < sweep.curves.size(); begin += kColours) {
    for (const auto& panel : {throughput_panel(sweep), latency_panel(sweep)}) {
      Drawing drawing(fmt::format("{}-{}", id, figure.drawings.size()), kHeight,
                      {figure.finding, panel.title + " by batch size"});
      draw_axes(drawing, batch_scale, batches, panel);
      for (std::size_t i = begin; i < std::min(sweep.curves.size(), begin + kColours); ++i)
        draw_curve(drawing, batch_scale, panel, {sweep.curves[i], i});
      figure.drawings.push_back(drawing.done());
    }
  }
  for (std::size_t i = 0; i < sweep.curves.size(); ++i)
    items.push_back({sweep.curves[i].points.front().candidate, i, sweep.curves[i].label, ""});
  figure.legend = html::legend(items);
  return html::figure(figure);
}

}  // namespace inferometer::report
