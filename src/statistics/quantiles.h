// Quantiles, and how many samples one needs. No I/O and nothing is modified; values are not NaN.
#pragma once

#include <cstdint>
#include <span>

namespace inferometer::statistics {

/// Hyndman and Fan type 7 (the default of NumPy and R). p in [0, 1]. NaN for none.
double quantile_type7(std::span<const double> values, double p);
/// Harrell and Davis 1982. p in (0, 1). NaN for none.
double quantile_harrell_davis(std::span<const double> values, double p);
/// Fewest samples that can carry percentile p: ceil(ln(0.025) / ln(p)): 72 for p95, 368 for p99.
std::int64_t samples_needed(double p);

}  // namespace inferometer::statistics
