#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "analysis/experiment_fixture.h"
#include "statistics/quantiles.h"

namespace inferometer::analysis {
namespace {

using results::Mode;
using results::Role;

// Two rounds of c0 that a reader can compute by hand: 1, 2, 6 and 2, 4, 9 milliseconds.
results::Experiment two_rounds_by_hand() {
  auto experiment = experiment_of(Mode::Quick);
  auto& set = add_load_set(experiment, 2, rival_at(1));
  auto& load = load_of(set, "c0");
  load.blocks[0].durations_ns = {1'000'000, 2'000'000, 6'000'000};
  load.blocks[1].durations_ns = {9'000'000, 2'000'000, 4'000'000};
  for (auto& block : load.blocks) {
    block.wall_ns = 15'000'000;
    block.cpu_ns = 12'000'000;
    block.run_delay_ns = 300'000;
    block.minor_faults = 2;
    block.major_faults = 1;
  }
  return experiment;
}

Summary summary_of_baseline(const results::Experiment& experiment) {
  return analyse_only_group(experiment).summaries.at(0);
}

TEST(summary, of_two_rounds_is_what_the_hand_computes) {
  const auto summary = summary_of_baseline(two_rounds_by_hand());
  EXPECT_EQ(summary.candidate, "c0");
  EXPECT_EQ(summary.samples, 6);
  EXPECT_EQ(summary.runs, 6);
  EXPECT_EQ(summary.loads, 1);
  EXPECT_EQ(summary.rounds, 2);
  EXPECT_EQ(summary.median_ns, 3e6) << "of the block medians 2 and 4 ms";
  EXPECT_DOUBLE_EQ(summary.mean_ns, 4e6);
  EXPECT_NEAR(summary.deviation_ns, std::sqrt((9 + 4 + 4 + 25 + 4 + 0) / 5.0) * 1e6, 1e-3);
  EXPECT_EQ(summary.minimum_ns, 1e6);
  EXPECT_EQ(summary.maximum_ns, 9e6);
  EXPECT_DOUBLE_EQ(summary.floor_ns, 1.05e6) << "5 % of the way between the minima 1 and 2 ms";
  EXPECT_DOUBLE_EQ(summary.throughput_per_second, 200);
  EXPECT_DOUBLE_EQ(summary.cpu_mean, 0.8);
  EXPECT_DOUBLE_EQ(summary.cpu_ns_per_run, 4e6);
  EXPECT_DOUBLE_EQ(summary.run_delay_share, 0.02);
  EXPECT_DOUBLE_EQ(summary.faults_per_run, 1);
}

TEST(summary, throughput_counts_the_items_of_a_batch) {
  auto experiment = two_rounds_by_hand();
  experiment.plan.groups[0].workload.batch_size = 8;
  EXPECT_DOUBLE_EQ(summary_of_baseline(experiment).throughput_per_second, 1600);
}

TEST(summary, disturbed_rounds_are_counted_and_left_out) {
  auto experiment = two_rounds_by_hand();
  load_of(experiment.load_sets[0], "c1").blocks[1].disturbed = "throttled";
  const auto summary = summary_of_baseline(experiment);
  EXPECT_EQ(summary.rounds, 1);
  EXPECT_EQ(summary.disturbed_rounds, 1);
  EXPECT_EQ(summary.maximum_ns, 6e6);
  EXPECT_EQ(summary.median_ns, 2e6);
}

TEST(summary, only_the_candidates_own_loads_feed_it) {
  auto experiment = two_rounds_by_hand();
  for (auto& block : load_of(experiment.load_sets[0], "c0", Role::SecondLabel).blocks) {
    block.durations_ns.assign(4, 50'000'000);
  }
  EXPECT_EQ(summary_of_baseline(experiment).maximum_ns, 9e6);
  EXPECT_EQ(summary_of_baseline(experiment).loads, 1);
}

TEST(summary, of_nothing_is_blank) {
  const auto summary = summary_of_baseline(experiment_of(Mode::Quick));
  EXPECT_EQ(summary.rounds, 0);
  EXPECT_TRUE(std::isnan(summary.median_ns));
  EXPECT_TRUE(std::isnan(summary.mean_ns));
  EXPECT_TRUE(std::isnan(summary.throughput_per_second));
  EXPECT_TRUE(std::isnan(summary.cpu_mean));
  EXPECT_TRUE(std::isnan(summary.run_delay_share));
  ASSERT_EQ(summary.percentiles.size(), 4u);
  EXPECT_TRUE(std::isnan(summary.percentiles[0].plain_ns));
  EXPECT_EQ(summary.percentiles[0].why_blank, results::Reason(results::ReasonCode::FewSamples, "", 0, 6));
}

TEST(summary, loading_is_the_median_over_loads_and_memory_the_largest) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 3, 2, rival_at(1));
  for (int set = 0; set < 3; ++set) {
    auto& load = load_of(experiment.load_sets[static_cast<std::size_t>(set)], "c0");
    load.start_ns = 10 + set;
    load.load_ns = 20 * (set + 1);
    load.compile_ns = 300 - set;
    load.first_run_ns = 7;
    load.warm_up_ns = set == 1 ? 1000 : 1;
    load.peak_rss_bytes = set == 1 ? 900 : 800;
  }
  const auto summary = summary_of_baseline(experiment);
  EXPECT_EQ(summary.loads, 3);
  EXPECT_EQ(summary.start_ns, 11);
  EXPECT_EQ(summary.load_ns, 40);
  EXPECT_EQ(summary.compile_ns, 299);
  EXPECT_EQ(summary.first_run_ns, 7);
  EXPECT_EQ(summary.warm_up_ns, 1);
  EXPECT_EQ(summary.peak_rss_bytes, 900);
}

results::Experiment with_samples(int count) {
  auto experiment = experiment_of(Mode::Quick);
  auto& block = load_of(add_load_set(experiment, 1, rival_at(1)), "c0").blocks[0];
  block.durations_ns.resize(static_cast<std::size_t>(count));
  std::iota(block.durations_ns.begin(), block.durations_ns.end(), 1000);
  return experiment;
}

TEST(percentiles, are_blank_with_the_reason_when_the_samples_cannot_carry_them) {
  const auto percentiles = summary_of_baseline(with_samples(120)).percentiles;
  ASSERT_EQ(percentiles.size(), 4u);
  EXPECT_EQ(percentiles[3].p, 0.99);
  EXPECT_TRUE(std::isnan(percentiles[3].value_ns));
  EXPECT_EQ(percentiles[3].why_blank, results::Reason(results::ReasonCode::FewSamples, "", 120, 368));
  EXPECT_DOUBLE_EQ(percentiles[3].plain_ns, 1000 + 0.99 * 119);
  EXPECT_TRUE(percentiles[2].why_blank.empty());
  EXPECT_TRUE(std::isnan(summary_of_baseline(with_samples(71)).percentiles[2].value_ns));
  EXPECT_FALSE(std::isnan(summary_of_baseline(with_samples(72)).percentiles[2].value_ns));
}

TEST(percentiles, are_harrell_davis_up_to_p95_and_type_7_above) {
  auto experiment = with_samples(400);
  auto& durations = load_of(experiment.load_sets[0], "c0").blocks[0].durations_ns;
  for (auto& duration_ns : durations) duration_ns = duration_ns * duration_ns;
  const std::vector<double> samples(durations.begin(), durations.end());
  const auto percentiles = summary_of_baseline(experiment).percentiles;
  EXPECT_DOUBLE_EQ(percentiles[2].value_ns, statistics::quantile_harrell_davis(samples, 0.95));
  EXPECT_NE(percentiles[2].value_ns, percentiles[2].plain_ns);
  EXPECT_DOUBLE_EQ(percentiles[3].value_ns, statistics::quantile_type7(samples, 0.99));
}

TEST(percentiles, of_samples_that_span_many_runs_are_blank) {
  auto experiment = with_samples(400);
  load_of(experiment.load_sets[0], "c0").blocks[0].runs_per_sample = 800;
  const auto summary = summary_of_baseline(experiment);
  EXPECT_EQ(summary.runs, 320'000);
  EXPECT_EQ(summary.samples, 400);
  for (const auto& percentile : summary.percentiles) {
    EXPECT_TRUE(std::isnan(percentile.value_ns));
    EXPECT_EQ(percentile.why_blank, results::Reason(results::ReasonCode::SamplesSpanRuns, "", 800));
  }
  EXPECT_DOUBLE_EQ(summary.minimum_ns, 1000.0 / 800);
}

TEST(harness, share_is_our_cost_in_the_timed_region_against_the_median) {
  auto experiment = two_rounds_by_hand();
  EXPECT_TRUE(std::isnan(summary_of_baseline(experiment).harness_share));
  experiment.harness_costs.push_back({.group = "other", .in_region_ns = 3000});
  experiment.harness_costs.push_back({.group = "g0", .in_region_ns = 30});
  experiment.harness_costs.push_back({.group = "another", .in_region_ns = 3000});
  EXPECT_NEAR(summary_of_baseline(experiment).harness_share, 1e-5, 1e-12);
  for (auto& block : load_of(experiment.load_sets[0], "c0").blocks) block.runs_per_sample = 10;
  EXPECT_NEAR(summary_of_baseline(experiment).harness_share, 1e-5, 1e-12)
      << "a tenth of the cost, of a tenth";
}

TEST(summary, of_generated_texts_has_the_time_to_the_first_token_and_that_of_each_further_one) {
  auto experiment = experiment_of(Mode::Quick);
  auto& set = add_load_set(experiment, 8, rival_at(1));
  for (auto& block : load_of(set, "c0").blocks) {
    block.token_times_ns.clear();
    for (std::size_t sample = 0; sample < block.durations_ns.size(); ++sample)
      block.token_times_ns.insert(block.token_times_ns.end(), {400'000, 500'000, 600'000 + block.round});
  }
  const auto analysis = analyse_only_group(experiment);
  EXPECT_DOUBLE_EQ(analysis.summaries[0].first_token_ns, 400'000);
  EXPECT_NEAR(analysis.summaries[0].per_token_ns, 100'000, 4);
  EXPECT_TRUE(std::isnan(analysis.summaries[1].first_token_ns)) << "it generates nothing";
}

}  // namespace
}  // namespace inferometer::analysis
