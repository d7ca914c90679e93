// Trends in a sequence: the order of the values matters. No I/O and nothing is modified; values are not NaN.
#pragma once

#include <cstdint>
#include <span>

namespace inferometer::statistics {

/// Median of all pairwise slopes against the index (Theil 1950, Sen 1968). 0 for fewer than two. More than
/// 500 values are first condensed to medians of as many neighbours as leave at most 500.
double theil_sen_slope(std::span<const double> values);
/// Two-sided sign test of successive differences between halves (Cox-Stuart 1955) for a trend. 1 for too few.
double trend_p_value(std::span<const double> values);
/// Changes of direction in the sequence of medians of three consecutive values.
std::int64_t direction_changes(std::span<const double> values);

}  // namespace inferometer::statistics
