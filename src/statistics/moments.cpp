#include "statistics/moments.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace inferometer::statistics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double median_in_place(std::vector<double>& values) {
  if (values.empty()) return kNaN;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return std::midpoint(*std::max_element(values.begin(), middle), *middle);
}

}  // namespace

double mean(std::span<const double> values) {
  if (values.empty()) return kNaN;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return kNaN;
  const double center = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double median(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  return median_in_place(copy);
}

double robust_deviation(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  const double center = median_in_place(copy);
  for (double& value : copy) value = std::fabs(value - center);
  constexpr double kNormalConsistency =
      1.4826;  // 1 / Phi^-1(3/4): agrees with the standard deviation of a normal
  return kNormalConsistency * median_in_place(copy);
}

}  // namespace inferometer::statistics
