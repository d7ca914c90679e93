// Decisions from an analysed experiment: which candidate to deploy for which use. Pure: same record and
// analysis, same decision. No statistics of its own: verdicts and intervals are those of analysis.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "results/experiment.h"

namespace inferometer::select {

enum class Use { Latency, Throughput, Development, Edge, Server };
/// "latency-critical", "throughput-critical", "development", "edge", "server".
const char* to_text(Use use);
/// How the choice for that use is made, one sentence that holds for every experiment.
const char* rule(Use use);

/// What separated the chosen one from its runner-up.
enum class Measure { P99, P95, Median, Throughput, Baseline, LargestError, Size, PeakMemory, CpuTime };
/// "p99", "p95", "median", "throughput", "baseline", "largest error", "size", "peak memory", "CPU time".
const char* to_text(Measure measure);

struct Contender {
  std::string group;
  std::string candidate;           ///< id; empty: there is none
  double value = analysis::kNone;  ///< of the measure: ns a run, items a second, a share of the largest
                                   ///< reference value, bytes, ns of CPU time an item; blank for Baseline
};

/// What a choice is based on.
enum class Basis {
  Interval,  ///< the interval of the difference excludes 1
  Fact,      ///< a size of files, an error of outputs, the role of the baseline: no noise in it
  NoClaim,   ///< the rule names the chosen one, the measurements do not tell it from the runner-up
};

struct Recommendation {
  Use use = Use::Latency;
  Measure measure = Measure::Median;
  Contender chosen;     ///< none: nobody may be recommended for this use
  Contender runner_up;  ///< none: nobody else may be
  /// Chosen over runner-up: CPU time for Server, latency else. Blank for candidates of different groups.
  analysis::Ratio difference;
  bool these_loads_only = false;  ///< the difference is about these loads
  int needs_loads = 0;            ///< > 0: so many more before it could be about the configuration
  Basis basis = Basis::NoClaim;
  results::Reason no_claim;  ///< why, for NoClaim or where nobody may be recommended
  Contender overruled;       ///< Latency: it has the better percentile, but its latency is certainly higher
};

/// A candidate that is never recommended, whatever its speed.
struct Exclusion {
  std::string group;
  std::string candidate;
  results::Reasons reasons;
};

/// What to deploy of a model: groups whose workloads differ in the batch size only.
struct Advice {
  std::vector<std::string> groups;              ///< by batch size
  std::vector<Recommendation> recommendations;  ///< one for each use, in the order of Use
  std::vector<Exclusion> excluded;              ///< in the order of the plan
};

/// One for each model and workload that has at least two candidates, in the order of the plan. `analysis` is
/// that of `experiment`.
std::vector<Advice> advise(const results::Experiment& experiment, const analysis::Analysis& analysis);

}  // namespace inferometer::select
