// From log ratios to a ratio with its interval and verdict; not for other modules.
#pragma once

#include <vector>

#include "analysis/analysis.h"
#include "analysis/rounds.h"

namespace inferometer::analysis {

/// Level of the baseline against itself: stricter, because a false alarm there makes a whole group invalid.
constexpr double kSelfLevel = 0.01;

/// What a ratio is held against.
struct Criterion {
  double level = 0.05;
  double margin = 0.02;  ///< as a fraction: equivalent means inside (1 / (1 + margin), 1 + margin)
};

/// Median of the log ratios, its sign confidence sequence, and the verdict that follows.
Ratio estimate(const std::vector<double>& log_ratios, const Criterion& criterion);

/// a / b from the ratio of each to the same baseline. Their intervals at the shared level of a group hold all
/// true ratios at once, so their quotient holds the true one too; it is wider than a comparison of its own.
Ratio quotient(const Ratio& a, const Ratio& b, double margin);

/// Faster or slower by certainly less than the margin.
bool differs_within_margin(const Ratio& ratio, double margin);

/// The interval does not hold 1.
bool excludes_one(const Ratio& ratio);

/// All rounds of all sets, and the median of each whole set.
std::vector<double> pooled_rounds(const std::vector<SetLogRatios>& by_set);
std::vector<double> set_medians(const std::vector<SetLogRatios>& by_set);

/// Measuring time after which the ratio would probably be decided, in seconds, when one more unit costs
/// `seconds_per_unit`. NaN when hopeless or unknown; a floor while too few units tell nothing of their
/// spread.
double seconds_to_decide(const Ratio& ratio, const Criterion& criterion, double seconds_per_unit);

}  // namespace inferometer::analysis
