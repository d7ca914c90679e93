#include "statistics/sign_sequence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "statistics/special_functions.h"

namespace inferometer::statistics {

double log_sign_evidence(std::int64_t n, std::int64_t below) {
  const auto successes = static_cast<double>(below);
  const auto failures = static_cast<double>(n - below);
  return static_cast<double>(n) * std::numbers::ln2 + log_beta(successes + 0.5, failures + 0.5) -
         log_beta(0.5, 0.5);
}

std::int64_t sign_sequence_rank(std::int64_t n, double level) {
  // The evidence falls from below = 0 to n/2, so the counts that reach the threshold are the first ones.
  const double threshold = -std::log(level);
  std::int64_t rank = 0;
  std::int64_t beyond = (n + 1) / 2;
  while (rank < beyond) {
    const std::int64_t middle = rank + (beyond - rank) / 2;
    if (log_sign_evidence(n, middle) >= threshold) {
      rank = middle + 1;
    } else {
      beyond = middle;
    }
  }
  return rank;
}

Interval sign_confidence_sequence(std::span<const double> values, double level) {
  const std::int64_t rank = sign_sequence_rank(static_cast<std::int64_t>(values.size()), level);
  if (rank == 0) return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  std::vector<double> copy(values.begin(), values.end());
  const auto at_low = copy.begin() + (rank - 1);
  const auto at_high = copy.end() - rank;
  std::nth_element(copy.begin(), at_low, copy.end());
  const double low = *at_low;  // the second selection moves it
  std::nth_element(at_low, at_high, copy.end());
  return {low, *at_high};
}

std::int64_t smallest_bounded_count(double level) {
  std::int64_t n = 1;
  while (sign_sequence_rank(n, level) == 0) ++n;
  return n;
}

std::optional<std::int64_t> rounds_to_decide(double effect, double sd, double level, std::int64_t limit) {
  const double p = std::erfc(-std::fabs(effect) / sd / std::numbers::sqrt2) / 2;
  if (!(p > 0.5)) return std::nullopt;
  const double divergence = std::numbers::ln2 + p * std::log(p) + (p < 1 ? (1 - p) * std::log1p(-p) : 0.0);
  const auto enough = [&](std::int64_t n) {
    const auto count = static_cast<double>(n);
    return count * divergence >= -std::log(level) + std::log(std::numbers::pi * count / 2) / 2;
  };
  // Linear minus logarithm is convex and negative at 1: it becomes positive once and stays so.
  std::int64_t too_few = smallest_bounded_count(level) - 1;
  std::int64_t sufficient = limit;
  if (sufficient <= too_few || !enough(sufficient)) return std::nullopt;
  while (sufficient - too_few > 1) {
    const std::int64_t middle = too_few + (sufficient - too_few) / 2;
    (enough(middle) ? sufficient : too_few) = middle;
  }
  return sufficient;
}

}  // namespace inferometer::statistics
