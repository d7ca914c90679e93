#include "statistics/special_functions.h"

#include <cmath>
#include <initializer_list>
#include <limits>

namespace inferometer::statistics {
namespace {

// Continued fraction DLMF 8.17.22, evaluated by the modified method of Lentz (Thompson and Barnett 1986).
// Converges fast for x < (a + 1) / (a + b + 2), in about sqrt(max(a, b)) steps.
double beta_continued_fraction(double a, double b, double x) {
  constexpr double kTiny = std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon();
  constexpr int kMaxSteps = 100'000;
  const auto away_from_zero = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMaxSteps; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double factor = 1;
    for (const double coefficient : {even, odd}) {
      d = 1 / away_from_zero(1 + coefficient * d);
      c = away_from_zero(1 + coefficient / c);
      factor = c * d;
      fraction *= factor;
    }
    if (std::fabs(factor - 1) < 1e-15) break;
  }
  return fraction;
}

}  // namespace

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double scale = std::exp(a * std::log(x) + b * std::log1p(-x) - log_beta(a, b));
  if (x < (a + 1) / (a + b + 2)) return scale * beta_continued_fraction(a, b, x) / a;
  return 1 - scale * beta_continued_fraction(b, a, 1 - x) / b;
}

}  // namespace inferometer::statistics
