// One live load of a candidate, as the schedule sees it: a real session, or a replay of recorded noise.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "results/configuration.h"
#include "results/measurement.h"

namespace inferometer::measure {

/// What one block shall do. See protocol::Sample for the discard rule.
struct BlockRequest {
  std::string phase = "run";  ///< first_run, warm_up, run: names the phase in outcomes
  std::int64_t discard_runs = 0;
  std::int64_t discard_ns = 0;
  std::int64_t discard_enough_runs = 0;
  std::int64_t discard_enough_ns = 0;
  std::int64_t samples = 1;
  std::int64_t duration_ns = 0;  ///< > 0: stop after this time, at most `samples`
  std::int64_t runs_per_sample = 1;
  std::int64_t expected_ns = 0;  ///< of the whole request, for its deadline
};

/// Lives from its launch until it is destroyed. Between calls it is stopped, or idle. Every call may
/// throw results::CandidateFailure; after that the load is dead.
class LiveLoad {
 public:
  virtual ~LiveLoad() = default;
  virtual results::Block sample(const BlockRequest& request) = 0;
  /// May be alive while other loads are; else it must be the only one of its group.
  virtual bool shares_rounds() const { return true; }
  /// Around the block of another load. A load that proves that it is idle and was not throws in the second.
  virtual void begin_idle() {}
  virtual void end_idle() {}
  /// Runs once on input set `set`, untimed, and writes the outputs to `file` (safetensors).
  virtual void outputs(int set, const std::string& file) = 0;
  /// How many input sets are bound: 1 where the user's file holds one.
  virtual int input_sets() const = 0;
  /// Smallest step of the clock that times it.
  virtual std::int64_t clock_step_ns() const = 0;
  /// CPU time of its process and all descendants so far.
  virtual std::int64_t cpu_ns() = 0;
  /// Largest resident memory so far, as the worker says.
  virtual std::int64_t peak_rss_bytes() const = 0;
  /// Ends it in peace. Returns what went wrong at teardown, or "".
  virtual std::string close() = 0;
};

/// Starts loads.
class Launcher {
 public:
  virtual ~Launcher() = default;
  /// A new process with the model loaded anew, its inputs bound, on `cpus`; stopped. Fills in cpus, versions,
  /// effective settings and times of `load`. Throws results::CandidateFailure.
  virtual std::unique_ptr<LiveLoad> launch(const std::string& candidate, const std::vector<int>& cpus,
                                           results::Load& load) = 0;
};

}  // namespace inferometer::measure
