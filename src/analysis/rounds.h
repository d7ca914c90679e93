// The undisturbed rounds of a group, as every estimator of this module sees them; not for other modules.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/experiment.h"

namespace inferometer::analysis {

/// One load that did not fail, without its disturbed rounds.
struct MeasuredLoad {
  const results::Load* load = nullptr;
  std::vector<const results::Block*> blocks;
  std::map<int, double> median_ns;  ///< round -> median of the block, per run
};

struct MeasuredSet {
  const results::LoadSet* set = nullptr;
  int rounds = 0;            ///< that were begun
  int disturbed_rounds = 0;  ///< of them: left out for all loads, since a missing block breaks the pairing
  std::vector<MeasuredLoad> loads;
};

/// Points into the experiment and group it was made from.
struct MeasuredGroup {
  const results::Experiment& experiment;
  const results::Group& group;
  std::vector<MeasuredSet> sets;  ///< in the order of the record
};

MeasuredGroup measured(const results::Experiment& experiment, const results::Group& group);

/// Every load of the candidate in its role.
std::vector<const MeasuredLoad*> loads_of(const MeasuredGroup& group, const std::string& candidate,
                                          results::Role role = results::Role::Candidate);

/// The paired log ratios of one load set, one for each round in which both took part.
struct SetLogRatios {
  std::vector<double> values;
  bool whole = false;  ///< the set ended as it should: it may count as one fresh load
};

/// log(row / baseline) for every load set in which both were loaded and met in at least one undisturbed
/// round.
std::vector<SetLogRatios> log_ratios(const MeasuredGroup& group, const std::string& candidate,
                                     results::Role role);

/// The same of CPU time per run, over the rounds in which both have one.
std::vector<SetLogRatios> cpu_log_ratios(const MeasuredGroup& group, const std::string& candidate);

/// Run-queue delay / wall over all undisturbed rounds of the candidate, and the median over its blocks: what
/// a few bad moments cannot move. NaN where nothing was measured.
struct DelayShare {
  double total;
  double typical;
};
DelayShare run_delay_share(const MeasuredGroup& group, const std::string& candidate);

/// Threads as the engine says, else as asked for.
int threads_of(const MeasuredGroup& group, const results::CandidateSpec& candidate);

const results::CandidateSpec& baseline_of(const results::Group& group);

}  // namespace inferometer::analysis
