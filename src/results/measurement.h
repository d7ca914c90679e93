// What was measured, as it is stored. Times are integer nanoseconds of CLOCK_MONOTONIC.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/outcome.h"
#include "results/reason.h"

namespace inferometer::results {

/// Which role a row of samples plays. A/A rows are kept apart from the candidates they copy.
enum class Role {
  Candidate,
  SecondLabel,    ///< the baseline's own load under a second label: the noise of the test
  SecondProcess,  ///< a second load of the baseline: load and placement
};

/// A few milliseconds of consecutive runs of one load.
struct Block {
  int round = 0;
  int position = 0;                        ///< 0 = ran first in its round
  std::int64_t begin_ns = 0;               ///< start of the first timed sample
  std::vector<std::int64_t> durations_ns;  ///< one per sample; a sample spans `runs_per_sample` runs
  std::int64_t runs_per_sample = 1;        ///< > 1: percentiles of single runs are blank
  /// Generate: when each token was there, since the start of its sample; all samples after each other,
  /// equally many each. The first is the time to first token. Empty: Forward.
  std::vector<std::int64_t> token_times_ns;
  std::int64_t discarded_runs = 0;  ///< re-warm after the hand-over
  std::int64_t discarded_ns = 0;
  std::int64_t first_run_ns = 0;  ///< the first discarded run: the cold one after the hand-over
  std::int64_t wall_ns = 0;       ///< of the timed loop
  std::int64_t cpu_ns = 0;        ///< process CPU time over the timed loop
  std::int64_t run_delay_ns = 0;  ///< run-queue delay summed over threads
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
  std::int64_t recompilations = 0;
  std::int64_t hand_over_ns = 0;  ///< from our command to the worker's receipt
  int cpu = -1;                   ///< CPU of the main thread at the end
  Reason disturbed;               ///< why the whole round is not used; empty = used
};

/// What the engine really did, read back from it.
struct Effective {
  std::string device;
  std::string precision;
  int threads = 0;
  std::map<std::string, std::string> options;
  std::map<std::string, std::int64_t> placement;  ///< nodes per device or provider, where the engine tells
};

/// One fresh start of a candidate with all its rounds: the unit of replication.
struct Load {
  std::string candidate;  ///< CandidateSpec::id
  Role role = Role::Candidate;
  int order = 0;  ///< 0 = loaded first in its set
  std::vector<int> cpus;
  std::string engine_version;  ///< as the loaded library says
  std::string library_sha256;
  Effective effective;
  std::int64_t start_ns = 0;  ///< exec to hello
  std::int64_t load_ns = 0;
  std::int64_t compile_ns = 0;
  std::int64_t first_run_ns = 0;
  std::int64_t warm_up_ns = 0;
  std::int64_t warm_up_runs = 0;
  bool steady = false;              ///< warm-up ended by its rule, not by its cap
  std::int64_t peak_rss_bytes = 0;  ///< VmHWM of the worker after measuring
  /// Run-queue delay as a share of wall that its own threads cause each other: seen while nobody else used
  /// the CPUs. 0: none was seen.
  double own_delay_share = 0;
  Outcome outcome;
  std::vector<Block> blocks;
};

/// All candidates of a group loaded anew in random order, and their rounds. One line of the record.
struct LoadSet {
  std::string group;
  int index = 0;                  ///< 0, 1, ... within the group
  std::int64_t measuring_ns = 0;  ///< wall time, loads included: what the budget counts
  double others_cpus = 0;         ///< CPUs used by other processes during the rounds, mean
  double steal = 0;               ///< fraction of wall
  bool interrupted = false;       ///< stopped early: its rounds count, but not as a fresh load
  std::vector<Load> loads;
};

/// Outputs of a candidate against the reference.
struct TruthCheck {
  std::string candidate;
  std::string reference;  ///< "onnxruntime 1.32.0, no optimization, 1 thread"; empty: unverified
  bool passed = false;
  bool verified = false;     ///< false: there was no reference to hold it against
  Reason reason;             ///< why it did not pass
  double max_abs_error = 0;  ///< largest over all outputs and sets
  double max_rel_error = 0;  ///< max_abs_error / largest absolute reference value of the same output
  double cosine = 1;         ///< smallest over outputs
  double tolerance = 0;      ///< allowed max_rel_error
  /// Share of the items to which it gives another class than the reference; -1: the model gives no class
  /// scores, or there was nothing to hold them against.
  double disagreement = -1;
  std::int64_t classified_items = 0;  ///< rows of class scores that the share is of
};

/// Our own cost, measured with the null engine in the same experiment.
struct HarnessCost {
  std::string group;
  double in_region_ns = 0;      ///< median duration of an empty run: clock, call, clock
  double per_iteration_ns = 0;  ///< median of timed loop / runs: what one iteration of the loop costs in all
  double hand_over_ns = 0;      ///< median from command to receipt
  std::int64_t runs = 0;
};

enum class VerdictKind { Faster, Slower, Equivalent, Undecided, Invalid };
/// "faster", "slower", "equivalent", "undecided", "invalid".
const char* to_text(VerdictKind kind);

/// Why and when a group stopped, with the verdicts as they stood: stored, never recomputed.
struct GroupStop {
  std::string group;
  Reason reason;
  bool measurable = true;  ///< false: no verdict is given, and `reason` says what was in the way
  std::int64_t measuring_ns = 0;
  std::map<std::string, VerdictKind> verdicts;  ///< by candidate id
};

/// How a candidate ended over the whole experiment.
struct CandidateOutcome {
  std::string candidate;
  Outcome outcome;
};

/// A recipe that was run, or found in the cache.
struct Preparation {
  std::string artefact;
  std::string recipe;
  bool cached = false;
  std::int64_t duration_ns = 0;
  std::int64_t peak_rss_bytes = 0;
};

}  // namespace inferometer::results
