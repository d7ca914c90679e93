#include "report/html/svg.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "report/html/text.h"

namespace inferometer::report {
namespace {

/// At most two decimals and no "-0": a hundredth of a percent is less than a pixel.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", std::round(value * 100) / 100 + 0.0);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string share(double x) { return number(100 * x) + "%"; }

constexpr std::array<const char*, kShapes> kOutlines = {
    "<circle r=\"4.5\"/>",          "<rect x=\"-4\" y=\"-4\" width=\"8\" height=\"8\"/>",
    "<path d=\"M0-5.2L5 4H-5Z\"/>", "<path d=\"M0-5.6L5.6 0L0 5.6L-5.6 0Z\"/>",
    "<path d=\"M0 5.2L5-4H-5Z\"/>", "<path d=\"M-1.7-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7Z\"/>",
};

}  // namespace

std::string colour_class(std::size_t series) { return fmt::format("k{}", series % kColours); }

std::string shape_id(std::size_t series) { return fmt::format("m{}", series % kShapes); }

std::string shape_definitions() {
  std::string text = "<svg class=\"shapes\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n";
  for (std::size_t i = 0; i < kOutlines.size(); ++i)
    text += fmt::format("<g id=\"{}\">{}</g>\n", shape_id(i), kOutlines.at(i));
  return text + "</defs></svg>\n";
}

std::string legend_mark(std::size_t series) {
  return fmt::format(
      "<svg class=\"key {}\" width=\"14\" height=\"14\" aria-hidden=\"true\"><use class=\"mark\" "
      "href=\"#{}\" "
      "x=\"7\" y=\"7\"/></svg>",
      colour_class(series), shape_id(series));
}

Drawing::Drawing(const std::string& id, int height, const Caption& caption) : height_(height) {
  text_ = fmt::format(
      "<svg class=\"plot\" role=\"img\" width=\"100%\" height=\"{0}\" aria-labelledby=\"{1}-t {1}-d\">"
      "<title id=\"{1}-t\">{2}</title><desc id=\"{1}-d\">{3}</desc>\n",
      height, id, html::text(caption.title), html::text(caption.description));
}

void Drawing::line(Point from, Point to, const std::string& ink) {
  text_ += fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", ink, share(from.x),
                       number(from.y), share(to.x), number(to.y));
}

void Drawing::box(Point from, Point to, const std::string& ink) {
  text_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", ink,
                       share(std::fmin(from.x, to.x)), number(std::fmin(from.y, to.y)),
                       share(std::fabs(to.x - from.x)), number(std::fabs(to.y - from.y)));
}

void Drawing::text(Point at, const std::string& text, const std::string& ink, const char* anchor) {
  text_ += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", ink,
                       share(at.x), number(at.y), anchor, html::text(text));
}

void Drawing::mark(Point at, std::size_t series, const std::string& ink) {
  text_ += fmt::format("<use class=\"{}\" href=\"#{}\" x=\"{}\" y=\"{}\"/>\n", ink, shape_id(series),
                       share(at.x), number(at.y));
}

void Drawing::curve(const std::vector<Point>& points, const std::string& ink) {
  // A path cannot be given in shares: a picture of its own, stretched to the width, whose lines are not.
  std::string path;
  for (const auto& point : points)
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", 1000 * point.x, point.y);
  text_ += fmt::format(
      "<svg viewBox=\"0 0 1000 {0}\" preserveAspectRatio=\"none\" width=\"100%\" height=\"{0}\" "
      "overflow=\"visible\"><path class=\"{1}\" d=\"{2}\"/></svg>\n",
      height_, ink, path);
}

void Drawing::begin_part(const std::string& candidate, const std::string& tooltip) {
  text_ += fmt::format("<g class=\"part\" data-c=\"{}\"><title>{}</title>\n", html::text(candidate),
                       html::text(tooltip));
}

void Drawing::end_part() { text_ += "</g>\n"; }

void draw_x_axis(Drawing& drawing, const Scale& scale, const std::vector<Tick>& ticks, Range top_and_bottom) {
  for (const auto& tick : ticks) {
    const double x = scale.at(tick.value);
    drawing.line({x, top_and_bottom.low}, {x, top_and_bottom.high}, "grid");
    drawing.text({x, top_and_bottom.high + 16}, tick.label, "tick", "middle");
  }
}

double y_at(const Scale& scale, double value, Range top_and_bottom) {
  return top_and_bottom.high - scale.at(value) * (top_and_bottom.high - top_and_bottom.low);
}

void draw_y_axis(Drawing& drawing, const Scale& scale, const std::vector<Tick>& ticks, Range top_and_bottom) {
  for (const auto& tick : ticks) {
    const double y = y_at(scale, tick.value, top_and_bottom);
    drawing.line({0, y}, {1, y}, "grid");
    // A share of the width cannot be -8 pixels: the style of the page moves these to the left.
    drawing.text({0, y + 4}, tick.label, "tick side", "end");
  }
}

}  // namespace inferometer::report
