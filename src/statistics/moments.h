// Mean, median and their deviations. No I/O and nothing is modified; values are not NaN.
#pragma once

#include <span>

namespace inferometer::statistics {

double mean(std::span<const double> values);                ///< NaN for none
double standard_deviation(std::span<const double> values);  ///< two-pass, n-1; NaN for fewer than two
double median(std::span<const double> values);              ///< NaN for none
/// 1.4826 x median absolute deviation: the robust twin of the standard deviation.
double robust_deviation(std::span<const double> values);

}  // namespace inferometer::statistics
