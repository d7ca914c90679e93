// The pure decisions of a measurement: how long a block is, which CPUs, whether a load is warm, whether a
// round of several threads counts. DESIGN sections 4 and 5; constants of measurement-verified.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "machine/machine.h"
#include "measure/live_load.h"
#include "results/measurement.h"

namespace inferometer::measure {

/// A timed block for a run of `run_ns`: 6 ms of runs (up to 25 ms where the re-warm is as long), at most 64,
/// at least 2 above 3 ms; grouped into samples of 1,000 clock steps where single runs are shorter. `jitter`
/// varies the count by up to 20 % against aliasing with timers.
BlockRequest timed_block(double run_ns, std::int64_t clock_step_ns, base::Random& jitter);

/// Whether the second label of the baseline takes part in a round: in all of the first 20, then in every
/// fourth, because the noise of the test is known by then and every block costs time.
bool second_label_takes_part(int round);

/// `count` CPUs, least used by others first (in steps of a tenth), ties drawn.
std::vector<int> draw_cpus(const std::vector<machine::CpuUse::One>& use, int count, base::Random& random);

/// What warm-up has seen so far.
struct WarmUpState {
  std::vector<double> run_ns;              ///< of every warm-up run, in order
  std::vector<std::int64_t> chunk_faults;  ///< minor faults of each request
  std::int64_t elapsed_ns = 0;
};
/// At least `least_runs` and 120 ms; then no trend: 4 changes of direction in the medians of three, a
/// Theil-Sen slope under 0.5 % over the last half (or a trend test above 0.1), and no decaying page faults.
bool is_steady(const WarmUpState& state, std::int64_t least_runs);

/// Run-queue delay of one block as a share of its wall time.
double delay_share(const results::Block& block);
/// The gate for several threads over one round: why the round does not count, or empty.
results::Reason disturbance(std::span<const double> delay_shares);

}  // namespace inferometer::measure
