#include "measure/schedule.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

namespace inferometer::measure {
namespace {

base::Random random() { return base::Random(1, "test"); }

TEST(timed_block, spans_six_milliseconds_with_at_most_64_samples) {
  auto jitter = random();
  for (int trial = 0; trial < 200; ++trial) {
    const auto half_millisecond = timed_block(5e5, 20, jitter);
    EXPECT_GE(half_millisecond.samples, 9);
    EXPECT_LE(half_millisecond.samples, 15);
    EXPECT_EQ(timed_block(25e3, 20, jitter).samples, 64);
  }
}

TEST(timed_block, lasts_as_long_as_the_re_warm_up_to_25_milliseconds) {
  auto jitter = random();
  for (int trial = 0; trial < 200; ++trial) {
    // 5 runs of re-warm: 5 runs, up to 20 % more or less.
    EXPECT_GE(timed_block(5e6, 20, jitter).samples, 4);
    EXPECT_LE(timed_block(5e6, 20, jitter).samples, 6);
  }
}

TEST(timed_block, has_two_runs_however_long_they_are) {
  auto jitter = random();
  EXPECT_EQ(timed_block(17e6, 20, jitter).samples, 2);
  EXPECT_EQ(timed_block(80e6, 20, jitter).samples, 2);
}

TEST(timed_block, groups_runs_that_are_shorter_than_a_thousand_clock_steps) {
  auto jitter = random();
  EXPECT_EQ(timed_block(20e3, 20, jitter).runs_per_sample, 1);
  EXPECT_EQ(timed_block(5e3, 20, jitter).runs_per_sample, 4);
  EXPECT_EQ(timed_block(5e6, 5000, jitter).runs_per_sample, 1);
  EXPECT_EQ(timed_block(1e6, 5000, jitter).runs_per_sample, 5);
}

TEST(timed_block, its_count_varies_against_aliasing) {
  auto jitter = random();
  std::map<std::int64_t, int> seen;
  for (int trial = 0; trial < 100; ++trial) ++seen[timed_block(3e5, 20, jitter).samples];
  EXPECT_GE(seen.size(), 4u);
}

TEST(draw_cpus, prefers_the_cpu_that_others_use_least) {
  auto choices = random();
  for (int trial = 0; trial < 20; ++trial) {
    EXPECT_EQ(draw_cpus({{0, 0.9, 0}, {1, 0.02, 0}, {2, 0.5, 0}}, 1, choices), std::vector<int>{1});
    EXPECT_EQ(draw_cpus({{0, 0.9, 0}, {1, 0.02, 0}, {2, 0.5, 0}}, 2, choices), (std::vector<int>{1, 2}));
  }
}

TEST(draw_cpus, draws_among_equals) {
  auto choices = random();
  int zeros = 0;
  for (int trial = 0; trial < 1000; ++trial)
    zeros += draw_cpus({{0, 0.01, 0}, {1, 0.0, 0}}, 1, choices)[0] == 0;
  EXPECT_NEAR(zeros, 500, 80);  // 5 standard deviations
}

WarmUpState state_of(std::vector<double> run_ns) {
  WarmUpState state;
  state.elapsed_ns = 200'000'000;
  state.run_ns = std::move(run_ns);
  return state;
}

std::vector<double> noisy(std::size_t count, double drift_per_run) {
  auto noise = random();
  std::vector<double> run_ns;
  for (std::size_t i = 0; i < count; ++i) {
    run_ns.push_back(1e6 * (1 + 0.01 * noise.normal() + drift_per_run * static_cast<double>(i)));
  }
  return run_ns;
}

TEST(warm_up, ends_when_latency_has_no_trend) { EXPECT_TRUE(is_steady(state_of(noisy(200, 0)), 30)); }

TEST(warm_up, goes_on_while_latency_falls) { EXPECT_FALSE(is_steady(state_of(noisy(200, -0.002)), 30)); }

TEST(warm_up, takes_its_guaranteed_runs_and_time_first) {
  EXPECT_FALSE(is_steady(state_of(noisy(40, 0)), 50));
  auto state = state_of(noisy(200, 0));
  state.elapsed_ns = 50'000'000;
  EXPECT_FALSE(is_steady(state, 30));
}

TEST(warm_up, goes_on_while_page_faults_decay) {
  auto state = state_of(noisy(200, 0));
  state.chunk_faults = {4000, 1000};
  EXPECT_FALSE(is_steady(state, 30));
  state.chunk_faults = {4000, 1000, 900};
  EXPECT_TRUE(is_steady(state, 30));
  state.chunk_faults = {4000, 1000, 0};
  EXPECT_TRUE(is_steady(state, 30));
}

TEST(gate, a_round_in_which_one_candidate_waits_for_its_cpus_does_not_count) {
  EXPECT_TRUE(disturbance(std::vector<double>{0.01, 0.02}).empty());
  EXPECT_EQ(disturbance(std::vector<double>{0.01, 0.85}),
            results::Reason(results::ReasonCode::RunQueueDelay, "", 0.85, 0.05));
}

}  // namespace
}  // namespace inferometer::measure
