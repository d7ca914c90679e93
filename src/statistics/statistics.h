// Pure functions over spans. No I/O, no randomness but a seed that is passed in. Values are not NaN; a level
// lies in (0, 1). Nothing is modified, the order of the values matters only where a trend is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace inferometer::statistics {

/// Log of the beta-binomial mixture e-process for `below` successes in `n` fair coins, prior Beta(a, a):
/// n ln 2 + ln B(s+a, n-s+a) - ln B(a, a), a = 1/2. (Ville; Robbins 1970; Howard and Ramdas, Bernoulli 2022.)
double log_sign_evidence(std::int64_t n, std::int64_t below);

/// How many values to cut from each end so that [x_(k), x_(n+1-k)] is the 1-level sign confidence sequence;
/// 0: still unbounded. Vectors at 0.05: n=7->1, 13->2, 20->4, 50->14, 100->34, 200->76, 500->211, 1000->443.
std::int64_t sign_sequence_rank(std::int64_t n, double level);

/// Interval of the median, valid at any stopping time. Unbounded ends are -infinity / +infinity. Values that
/// equal theta count for neither side, so ties make it wider, never narrower. O(n).
struct Interval {
  double low;
  double high;
};
Interval sign_confidence_sequence(std::span<const double> values, double level);

/// Smallest n at which the sequence can be finite at `level`: 7 at 0.05, 8 at 0.025, 10 at 0.01.
std::int64_t smallest_bounded_count(double level);

double mean(std::span<const double> values);                ///< NaN for none
double standard_deviation(std::span<const double> values);  ///< two-pass, n-1; NaN for fewer than two
double median(std::span<const double> values);              ///< NaN for none
/// 1.4826 x median absolute deviation: the robust twin of the standard deviation.
double robust_deviation(std::span<const double> values);

/// Hyndman and Fan type 7 (the default of NumPy and R). p in [0, 1]. NaN for none.
double quantile_type7(std::span<const double> values, double p);
/// Harrell and Davis 1982. p in (0, 1). NaN for none.
double quantile_harrell_davis(std::span<const double> values, double p);
/// Fewest samples that can carry percentile p: ceil(ln(0.025) / ln(p)): 72 for p95, 368 for p99.
std::int64_t samples_needed(double p);

/// Median of all pairwise slopes against the index (Theil 1950, Sen 1968). 0 for fewer than two. More than
/// 500 values are first condensed to medians of as many neighbours as leave at most 500.
double theil_sen_slope(std::span<const double> values);
/// Two-sided sign test of successive differences between halves (Cox-Stuart 1955) for a trend. 1 for too few.
double trend_p_value(std::span<const double> values);
/// Changes of direction in the sequence of medians of three consecutive values.
std::int64_t direction_changes(std::span<const double> values);

/// Rounds that the sequence would need to exclude 0 with a chance of about one half, by the planning rule
/// n KL(p) = ln(1/level) + ln(pi n / 2) / 2, p = Phi(|effect| / sd), KL against a fair coin; never fewer than
/// smallest_bounded_count. Nothing when effect or sd make it hopeless (more than `limit`).
std::optional<std::int64_t> rounds_to_decide(double effect, double sd, double level, std::int64_t limit);

}  // namespace inferometer::statistics
