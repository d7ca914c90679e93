#include "analysis/distribution.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "statistics/quantiles.h"

namespace inferometer::analysis {

using results::ReasonCode;

namespace {

constexpr double kFewestBeyond = 10;  ///< samples: fewer do not show where a tail lies
constexpr int kSteps = 60;            ///< of the curve: what a drawing can show, and little in a file of 200

std::vector<double> single_runs_ns(const std::vector<const MeasuredLoad*>& loads,
                                   results::Reason& why_blank) {
  std::vector<double> runs_ns;
  for (const auto* load : loads) {
    for (const auto* block : load->blocks) {
      if (block->runs_per_sample > 1) {
        why_blank = {ReasonCode::SamplesSpanRuns, "", static_cast<double>(block->runs_per_sample)};
        return {};
      }
      runs_ns.insert(runs_ns.end(), block->durations_ns.begin(), block->durations_ns.end());
    }
  }
  std::sort(runs_ns.begin(), runs_ns.end());
  return runs_ns;
}

}  // namespace

Distribution distribute(const MeasuredGroup& group, const results::CandidateSpec& spec) {
  Distribution distribution;
  distribution.candidate = spec.id;
  const auto runs_ns = single_runs_ns(loads_of(group, spec.id), distribution.why_blank);
  distribution.samples = static_cast<std::int64_t>(runs_ns.size());
  if (!distribution.why_blank.empty()) return distribution;
  const auto samples = static_cast<double>(runs_ns.size());
  // Half of the samples must carry the curve, or it has no middle.
  if (samples < 2 * kFewestBeyond) {
    distribution.why_blank = {ReasonCode::FewSamples, "", samples, 2 * kFewestBeyond};
    return distribution;
  }
  const auto at = [&](double p) { return Quantile{p, statistics::quantile_type7(runs_ns, p)}; };
  // Equal steps of log(1-p), so that the tail is as finely drawn as the middle.
  const double end = std::log(kFewestBeyond / samples);
  for (int step = 0; step <= kSteps; ++step)
    distribution.curve.push_back(
        at(step == kSteps ? 1 - kFewestBeyond / samples : -std::expm1(end * step / kSteps)));
  for (const double p : {0.5, 0.95, 0.99}) {
    // A share of ten in a thousand is not exactly that in binary.
    if (samples * (1 - p) >= kFewestBeyond - 1e-6) distribution.marks.push_back(at(p));
  }
  return distribution;
}

}  // namespace inferometer::analysis
