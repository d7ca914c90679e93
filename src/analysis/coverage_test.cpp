#include <gtest/gtest.h>

#include <cmath>

#include "analysis/experiment_fixture.h"
#include "base/random.h"

namespace inferometer::analysis {
namespace {

using results::Mode;
using results::Role;

// A noisy machine: its speed wanders for all alike, every load has its own offset of 1 %, blocks scatter by 3
// % and one of twenty is half as slow again.
class NoisyMachine {
 public:
  NoisyMachine(double ratio, std::uint64_t seed)
      : log_ratio_(std::log(ratio)), random_(seed, "noisy machine") {}

  void add_load_set_to(results::Experiment& experiment) {
    const double rival_offset = log_ratio_ + 0.01 * (random_.normal() - random_.normal());
    const double copy_offset = 0.01 * random_.normal();
    int last_round = -1;
    add_load_set(experiment, 8, [&](const std::string& candidate, Role role, int round) {
      if (round != last_round) wander_ = 0.9 * wander_ + 0.2 * random_.normal();
      last_round = round;
      const double offset = candidate != "c0" ? rival_offset : role == Role::SecondProcess ? copy_offset : 0;
      const double scatter = 0.03 * random_.normal() + (random_.below(20) == 0 ? 0.4 : 0);
      return 1e7 * std::exp(offset + scatter + wander_ * 0.1);
    });
  }

 private:
  double log_ratio_;
  double wander_ = 0;
  base::Random random_;
};

struct Outcomes {
  int covered = 0;
  int differ = 0;
  int invalid = 0;
};

// Stops at the first decision or at 40 load sets, as a measurement does.
Outcomes repeat(int trials, double ratio) {
  Outcomes outcomes;
  for (int trial = 0; trial < trials; ++trial) {
    NoisyMachine machine(ratio, static_cast<std::uint64_t>(trial));
    auto experiment = experiment_of(Mode::Standard);
    do {
      machine.add_load_set_to(experiment);
    } while (experiment.load_sets.size() < 40 && !progress(experiment, experiment.plan.groups[0]).decided);
    const auto comparison = only_comparison(experiment);
    outcomes.covered += comparison.fresh_loads.low <= ratio && ratio <= comparison.fresh_loads.high;
    outcomes.differ += comparison.verdict == results::VerdictKind::Faster ||
                       comparison.verdict == results::VerdictKind::Slower;
    outcomes.invalid += comparison.verdict == results::VerdictKind::Invalid;
  }
  return outcomes;
}

constexpr int kTrials = 300;
constexpr int kMostMisses = 26;  // 5 % of 300 are 15, and three standard deviations of it

TEST(coverage, a_true_ratio_of_five_percent_lies_in_the_interval_at_the_stop) {
  const auto outcomes = repeat(kTrials, 1.05);
  EXPECT_GE(outcomes.covered, kTrials - kMostMisses);
  EXPECT_GE(outcomes.differ, kTrials * 9 / 10) << "an interval that never decides covers everything";
  EXPECT_LE(outcomes.invalid, 9) << "1 % of 300 and three standard deviations, for two sequences";
}

TEST(coverage, equal_candidates_are_called_different_at_most_at_the_level) {
  EXPECT_LE(repeat(kTrials, 1.0).differ, kMostMisses);
}

}  // namespace
}  // namespace inferometer::analysis
