#include "analysis/analysis.h"

#include <algorithm>
#include <cmath>

#include "analysis/batch_sweep.h"
#include "analysis/comparison.h"
#include "analysis/distribution.h"
#include "analysis/headline.h"
#include "analysis/ranking.h"
#include "analysis/rounds.h"
#include "analysis/summary.h"
#include "analysis/trust.h"

namespace inferometer::analysis {

GroupAnalysis analyse_group(const results::Experiment& experiment, const results::Group& group) {
  const MeasuredGroup rounds = measured(experiment, group);
  GroupAnalysis analysis;
  analysis.group = group.id;
  for (const auto& spec : group.candidates) {
    analysis.summaries.push_back(summarize(rounds, spec));
    analysis.distributions.push_back(distribute(rounds, spec));
  }
  analysis.self = compare_with_itself(rounds);
  analysis.noise = noise_band(analysis.self);
  analysis.comparisons = compare_candidates(rounds, analysis.self);
  compare_cpu_time(rounds, analysis.comparisons);
  analysis.trust = grade_trust(rounds, analysis.self, analysis.comparisons);
  conclude(rounds, analysis);
  return analysis;
}

Analysis analyse(const results::Experiment& experiment) {
  Analysis analysis;
  for (const auto& group : experiment.plan.groups)
    analysis.groups.push_back(analyse_group(experiment, group));
  analysis.batches = sweep_batches(experiment, analysis.groups);
  return analysis;
}

Progress progress(const results::Experiment& experiment, const results::Group& group) {
  const MeasuredGroup rounds = measured(experiment, group);
  const auto mode = experiment.plan.effort.mode;
  Progress progress{.decided = true};
  for (const auto& comparison : compare_candidates(rounds, compare_with_itself(rounds))) {
    if (!comparison.ranked || is_decided(ratio_of_mode(comparison, mode).verdict)) continue;
    progress.decided = false;
    // fmax: a hopeless comparison has no time, the others still have theirs.
    progress.seconds_more = std::fmax(progress.seconds_more, comparison.seconds_more);
  }
  return progress;
}

}  // namespace inferometer::analysis
