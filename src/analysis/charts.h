// What a chart needs beyond summaries and ratios.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "results/configuration.h"
#include "results/reason.h"

namespace inferometer::analysis {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();  ///< "blank": null in JSON, "-" in print

/// Ratios by which the baseline differs from itself: 1 and every bounded interval of its A/A. NaN: none is
/// bounded.
struct NoiseBand {
  double low = kNone, high = kNone;
};

/// How the single runs of a candidate spread, all its loads together.
struct Quantile {
  double p = 0;
  double value_ns = kNone;  ///< type 7
};
struct Distribution {
  std::string candidate;
  std::int64_t samples = 0;
  std::vector<Quantile> curve;  ///< from the fastest run to the last p that leaves ten samples beyond it
  std::vector<Quantile> marks;  ///< p50, p95, p99, those that lie on the curve
  results::Reason why_blank;    ///< FewSamples, SamplesSpanRuns; then there is no curve
};

/// One configuration at several batch sizes.
struct BatchPoint {
  std::int64_t batch_size = 0;
  std::string candidate;
  double median_ns = kNone;
  double throughput_per_second = kNone;
  bool ranked = false;  ///< false: its output is wrong or unverified, or it failed
};
struct BatchCurve {
  std::string label;
  results::Configuration configuration;
  std::vector<BatchPoint> points;  ///< by batch size; those that were measured
};

/// Groups whose workloads differ in the batch size only. They are measured one after the other, so nothing
/// here is a comparison.
struct BatchSweep {
  results::Workload workload;  ///< of the first
  std::vector<BatchCurve> curves;
  BatchPoint highest;         ///< throughput among the ranked
  std::string highest_label;  ///< empty: none is ranked
};

}  // namespace inferometer::analysis
