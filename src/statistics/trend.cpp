#include "statistics/trend.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "statistics/moments.h"
#include "statistics/special_functions.h"

namespace inferometer::statistics {
namespace {

struct Point {
  double index;
  double value;
};

// All pairs of n points are n^2/2 slopes: a long warm-up of a 20 microsecond model must not cost gigabytes.
std::vector<Point> at_most(std::size_t limit, std::span<const double> values) {
  const std::size_t step = (values.size() + limit - 1) / limit;
  std::vector<Point> points;
  for (std::size_t begin = 0; begin < values.size(); begin += step) {
    const std::size_t count = std::min(step, values.size() - begin);
    points.push_back({static_cast<double>(begin) + static_cast<double>(count - 1) / 2,
                      median(values.subspan(begin, count))});
  }
  return points;
}

}  // namespace

double theil_sen_slope(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const std::vector<Point> points = at_most(500, values);
  std::vector<double> slopes;
  slopes.reserve(points.size() * (points.size() - 1) / 2);
  for (std::size_t j = 1; j < points.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      slopes.push_back((points[j].value - points[i].value) / (points[j].index - points[i].index));
    }
  }
  return median(slopes);
}

double trend_p_value(std::span<const double> values) {
  const std::size_t half = values.size() / 2;
  const std::size_t offset = values.size() - half;  // an odd count leaves its middle value out
  int rises = 0;
  int falls = 0;
  for (std::size_t i = 0; i < half; ++i) {
    rises += values[i + offset] > values[i];
    falls += values[i + offset] < values[i];
  }
  const int fewer = std::min(rises, falls);
  const int more = std::max(rises, falls);
  if (more == 0) return 1;
  // P(at most `fewer` of rises + falls fair coins) = I_1/2(more, fewer + 1).
  return std::min(1.0, 2 * incomplete_beta(more, fewer + 1, 0.5));
}

std::int64_t direction_changes(std::span<const double> values) {
  std::int64_t changes = 0;
  int direction = 0;
  for (std::size_t i = 3; i < values.size(); ++i) {
    const double step = median(values.subspan(i - 2, 3)) - median(values.subspan(i - 3, 3));
    const int next = (step > 0) - (step < 0);
    if (next == 0) continue;
    changes += direction != 0 && next != direction;
    direction = next;
  }
  return changes;
}

}  // namespace inferometer::statistics
