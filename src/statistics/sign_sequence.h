// Intervals of the median that are valid at any stopping time. No I/O; values are not NaN; a level lies in
// (0, 1).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

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

/// Rounds that the sequence would need to exclude 0 with a chance of about one half, by the planning rule
/// n KL(p) = ln(1/level) + ln(pi n / 2) / 2, p = Phi(|effect| / sd), KL against a fair coin; never fewer than
/// smallest_bounded_count. Nothing when effect or sd make it hopeless (more than `limit`).
std::optional<std::int64_t> rounds_to_decide(double effect, double sd, double level, std::int64_t limit);

}  // namespace inferometer::statistics
