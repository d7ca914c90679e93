// A drawing as SVG inside a page. Widths are shares of the plot and heights are pixels, so that a plot fills
// any page without stretching its letters. What is beside the plot (labels of the y axis) overflows it;
// the page leaves room for that. Colours belong to the style of the page: `ink` is a class.
#pragma once

#include <string>
#include <vector>

#include "report/html/scale.h"

namespace inferometer::report {

/// What a reader who does not see the drawing reads.
struct Caption {
  std::string title;
  std::string description;
};

struct Point {
  double x;  ///< share of the width, 0 to 1
  double y;  ///< pixels from the top
};

/// How a series is distinguished from the others without its colour.
constexpr int kColours = 7;
constexpr int kShapes = 6;
/// "k3" and "m1": the classes of colour and shape of the series with this index.
std::string colour_class(std::size_t series);
std::string shape_id(std::size_t series);
/// The shapes that `Drawing::mark` uses; once a page.
std::string shape_definitions();
/// A mark of the series for a legend.
std::string legend_mark(std::size_t series);

class Drawing {
 public:
  /// `id` is unique in the page. The caption may hold a stranger's text.
  Drawing(const std::string& id, int height, const Caption& caption);

  void line(Point from, Point to, const std::string& ink);
  /// From corner to corner.
  void box(Point from, Point to, const std::string& ink);
  /// `anchor`: start, middle or end. The text may be a stranger's.
  void text(Point at, const std::string& text, const std::string& ink, const char* anchor = "start");
  void mark(Point at, std::size_t series, const std::string& ink);
  /// Through all points, in order.
  void curve(const std::vector<Point>& points, const std::string& ink);

  /// What is drawn until `end_part` belongs to this candidate, and is shown as a tooltip.
  void begin_part(const std::string& candidate, const std::string& tooltip);
  void end_part();

  std::string done() const { return text_ + "</svg>\n"; }

 private:
  int height_;
  std::string text_;
};

/// A label of an axis.
struct Tick {
  double value;
  std::string label;
};
/// Grid lines from `top` to `bottom` with their labels below.
void draw_x_axis(Drawing& drawing, const Scale& scale, const std::vector<Tick>& ticks, Range top_and_bottom);
/// Grid lines across, with their labels to the left; low values at `bottom`.
void draw_y_axis(Drawing& drawing, const Scale& scale, const std::vector<Tick>& ticks, Range top_and_bottom);
/// Pixels from the top at which a value lies on such a y axis.
double y_at(const Scale& scale, double value, Range top_and_bottom);

}  // namespace inferometer::report
