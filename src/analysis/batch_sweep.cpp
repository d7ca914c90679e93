#include "analysis/batch_sweep.h"

#include <algorithm>
#include <set>

#include "analysis/ranking.h"

namespace inferometer::analysis {
namespace {

using results::Group;

bool differ_in_batch_only(const results::Workload& a, const results::Workload& b) {
  return a.model == b.model && a.sequence_length == b.sequence_length && a.dims == b.dims;
}

const GroupAnalysis* analysis_of(const std::vector<GroupAnalysis>& groups, const std::string& id) {
  const auto found =
      std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.group == id; });
  return found == groups.end() ? nullptr : &*found;
}

BatchCurve& curve_of(BatchSweep& sweep, const results::CandidateSpec& spec) {
  for (auto& curve : sweep.curves) {
    if (curve.configuration == spec.configuration) return curve;
  }
  return sweep.curves.emplace_back(BatchCurve{spec.label, spec.configuration, {}});
}

void add_group(const results::Experiment& experiment, const Group& group, const GroupAnalysis& analysis,
               BatchSweep& sweep) {
  for (const auto& spec : group.candidates) {
    const auto summary =
        std::find_if(analysis.summaries.begin(), analysis.summaries.end(),
                     [&](const Summary& one) { return one.candidate == spec.id && one.rounds > 0; });
    if (summary == analysis.summaries.end()) continue;
    auto& points = curve_of(sweep, spec).points;
    // The baseline of a second wave is the same configuration measured again.
    const bool again = std::any_of(points.begin(), points.end(), [&](const BatchPoint& point) {
      return point.batch_size == group.workload.batch_size;
    });
    if (again) continue;
    points.push_back({group.workload.batch_size, spec.id, summary->median_ns, summary->throughput_per_second,
                      why_unranked(experiment, spec.id).empty()});
  }
}

void find_highest(BatchSweep& sweep) {
  for (auto& curve : sweep.curves) {
    std::sort(curve.points.begin(), curve.points.end(),
              [](const BatchPoint& a, const BatchPoint& b) { return a.batch_size < b.batch_size; });
    for (const auto& point : curve.points) {
      const bool first = sweep.highest_label.empty();
      if (!point.ranked || !(first || point.throughput_per_second > sweep.highest.throughput_per_second))
        continue;
      sweep.highest = point;
      sweep.highest_label = curve.label;
    }
  }
}

bool has_several_batches(const BatchSweep& sweep) {
  std::set<std::int64_t> batches;
  for (const auto& curve : sweep.curves) {
    for (const auto& point : curve.points) batches.insert(point.batch_size);
  }
  return batches.size() > 1;
}

}  // namespace

std::vector<BatchSweep> sweep_batches(const results::Experiment& experiment,
                                      const std::vector<GroupAnalysis>& groups) {
  std::vector<BatchSweep> sweeps;
  for (const auto& group : experiment.plan.groups) {
    const auto* analysis = analysis_of(groups, group.id);
    if (analysis == nullptr) continue;
    auto same = std::find_if(sweeps.begin(), sweeps.end(), [&](const BatchSweep& sweep) {
      return differ_in_batch_only(sweep.workload, group.workload);
    });
    if (same == sweeps.end()) {
      same = sweeps.emplace(sweeps.end());
      same->workload = group.workload;
    }
    add_group(experiment, group, *analysis, *same);
  }
  std::erase_if(sweeps, [](const BatchSweep& sweep) { return !has_several_batches(sweep); });
  for (auto& sweep : sweeps) find_highest(sweep);
  return sweeps;
}

}  // namespace inferometer::analysis
