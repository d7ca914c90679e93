#include "analysis/estimate.h"

#include <algorithm>
#include <cmath>

#include "statistics/moments.h"
#include "statistics/sign_sequence.h"

namespace inferometer::analysis {

using results::VerdictKind;

namespace {

constexpr std::int64_t kHopelessUnits = 100'000;
constexpr std::int64_t kUnitsThatTellSpread = 3;

bool is_within_margin(const Ratio& ratio, double margin) {
  return ratio.low > 1 / (1 + margin) && ratio.high < 1 + margin;
}

VerdictKind verdict_of(const Ratio& ratio, double margin) {
  if (ratio.high < 1) return VerdictKind::Faster;
  if (ratio.low > 1) return VerdictKind::Slower;
  return is_within_margin(ratio, margin) ? VerdictKind::Equivalent : VerdictKind::Undecided;
}

}  // namespace

Ratio estimate(const std::vector<double>& log_ratios, const Criterion& criterion) {
  Ratio ratio;
  ratio.units = static_cast<std::int64_t>(log_ratios.size());
  if (log_ratios.empty()) return ratio;
  const auto interval = statistics::sign_confidence_sequence(log_ratios, criterion.level);
  ratio.ratio = std::exp(statistics::median(log_ratios));
  ratio.low = std::exp(interval.low);
  ratio.high = std::exp(interval.high);
  ratio.deviation = statistics::standard_deviation(log_ratios);
  ratio.robust_deviation = statistics::robust_deviation(log_ratios);
  ratio.verdict = verdict_of(ratio, criterion.margin);
  return ratio;
}

Ratio quotient(const Ratio& a, const Ratio& b, double margin) {
  Ratio ratio;
  ratio.units = std::min(a.units, b.units);
  if (ratio.units == 0) return ratio;
  ratio.ratio = a.ratio / b.ratio;
  ratio.low = a.low / b.high;
  ratio.high = a.high / b.low;
  ratio.verdict = verdict_of(ratio, margin);
  return ratio;
}

bool differs_within_margin(const Ratio& ratio, double margin) {
  return excludes_one(ratio) && is_within_margin(ratio, margin);
}

bool excludes_one(const Ratio& ratio) { return ratio.high < 1 || ratio.low > 1; }

std::vector<double> pooled_rounds(const std::vector<SetLogRatios>& by_set) {
  std::vector<double> pooled;
  for (const auto& set : by_set) pooled.insert(pooled.end(), set.values.begin(), set.values.end());
  return pooled;
}

std::vector<double> set_medians(const std::vector<SetLogRatios>& by_set) {
  std::vector<double> medians;
  for (const auto& set : by_set) {
    if (set.whole) medians.push_back(statistics::median(set.values));
  }
  return medians;
}

double seconds_to_decide(const Ratio& ratio, const Criterion& criterion, double seconds_per_unit) {
  std::optional<std::int64_t> needed = statistics::smallest_bounded_count(criterion.level);
  if (ratio.units >= kUnitsThatTellSpread) {
    const double effect = std::fabs(std::log(ratio.ratio));
    const double eps = std::log1p(criterion.margin);
    const double spread = ratio.robust_deviation > 0 ? ratio.robust_deviation : ratio.deviation;
    const auto to_exclude = [&](double distance) {
      return statistics::rounds_to_decide(distance, spread, criterion.level, kHopelessUnits);
    };
    // Decided as soon as 1 is excluded, or as soon as the margin that lies nearer is.
    needed = to_exclude(effect);
    if (effect < eps) {
      const auto equivalent = to_exclude(eps - effect);
      if (equivalent && (!needed || *equivalent < *needed)) needed = equivalent;
    }
  }
  if (!needed) return kNone;
  return static_cast<double>(std::max<std::int64_t>(1, *needed - ratio.units)) * seconds_per_unit;
}

}  // namespace inferometer::analysis
