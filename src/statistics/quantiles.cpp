#include "statistics/quantiles.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "statistics/special_functions.h"

namespace inferometer::statistics {

double quantile_type7(std::span<const double> values, double p) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> copy(values.begin(), values.end());
  const double rank = p * static_cast<double>(copy.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(rank), copy.size() - 1);
  const auto at = copy.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(copy.begin(), at, copy.end());
  const double fraction = rank - static_cast<double>(below);
  if (fraction <= 0 || below + 1 == copy.size()) return *at;
  return std::lerp(*at, *std::min_element(at + 1, copy.end()), fraction);
}

double quantile_harrell_davis(std::span<const double> values, double p) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double n = static_cast<double>(sorted.size());
  const auto weight_below = [&](std::size_t i) {
    return incomplete_beta((n + 1) * p, (n + 1) * (1 - p), static_cast<double>(i) / n);
  };
  // Beyond some ten standard deviations of the beta distribution weights vanish: large samples stay cheap.
  const double reach = 10 * std::sqrt(n * p * (1 - p)) + 10;
  const auto first = static_cast<std::size_t>(std::max(0.0, n * p - reach));
  const auto last = static_cast<std::size_t>(std::min(n, n * p + reach));
  double sum = 0;
  double lower = weight_below(first);
  const double total = weight_below(last) - lower;
  for (std::size_t i = first; i < last; ++i) {
    const double upper = weight_below(i + 1);
    sum += (upper - lower) * sorted[i];
    lower = upper;
  }
  return sum / total;
}

std::int64_t samples_needed(double p) {
  return static_cast<std::int64_t>(std::ceil(std::log(0.025) / std::log(p)));
}

}  // namespace inferometer::statistics
