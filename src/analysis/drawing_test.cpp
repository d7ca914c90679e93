// What analysis computes for charts: distributions, the noise band, batch sweeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/experiment_fixture.h"

namespace inferometer::analysis {
namespace {

using results::Mode;
using results::Role;
using ::testing::IsEmpty;

/// One load of c0 whose samples are 1, 2, ... `count` microseconds, backwards.
Distribution distribution_of(int count, std::int64_t runs_per_sample = 1) {
  auto experiment = experiment_of(Mode::Quick);
  auto& blocks = load_of(add_load_set(experiment, 1, rival_at(1)), "c0").blocks;
  blocks[0].durations_ns.clear();
  for (int i = count; i > 0; --i) blocks[0].durations_ns.push_back(1000 * i);
  blocks[0].runs_per_sample = runs_per_sample;
  return analyse_only_group(experiment).distributions.at(0);
}

TEST(distribution, begins_at_the_fastest_run_and_stops_where_ten_samples_are_left) {
  const auto distribution = distribution_of(1001);
  EXPECT_EQ(distribution.candidate, "c0");
  EXPECT_EQ(distribution.samples, 1001);
  EXPECT_EQ(distribution.curve.front().p, 0);
  EXPECT_EQ(distribution.curve.front().value_ns, 1000);
  EXPECT_DOUBLE_EQ(distribution.curve.back().p, 1 - 10.0 / 1001);
  EXPECT_NEAR(distribution.curve.back().value_ns, 991'000, 100);
  for (std::size_t i = 1; i < distribution.curve.size(); ++i) {
    EXPECT_GT(distribution.curve[i].p, distribution.curve[i - 1].p);
    EXPECT_GE(distribution.curve[i].value_ns, distribution.curve[i - 1].value_ns);
  }
}

TEST(distribution, marks_only_the_percentiles_that_lie_on_the_curve) {
  const auto marks = distribution_of(1001).marks;
  ASSERT_EQ(marks.size(), 3u);
  EXPECT_EQ(marks[0].value_ns, 501'000);
  EXPECT_DOUBLE_EQ(marks[1].value_ns, 951'000);
  EXPECT_DOUBLE_EQ(marks[2].value_ns, 991'000);
  EXPECT_EQ(distribution_of(1000).marks.size(), 3u);
  EXPECT_EQ(distribution_of(999).marks.size(), 2u) << "9.99 samples lie beyond p99";
  EXPECT_EQ(distribution_of(199).marks.size(), 1u);
}

TEST(distribution, is_blank_where_no_sample_is_a_single_run_or_there_are_too_few) {
  const auto few = distribution_of(19);
  EXPECT_THAT(few.curve, IsEmpty());
  EXPECT_EQ(few.why_blank, results::Reason(results::ReasonCode::FewSamples, "", 19, 20));
  EXPECT_FALSE(distribution_of(20).curve.empty());
  const auto long_samples = distribution_of(500, 16);
  EXPECT_THAT(long_samples.curve, IsEmpty());
  EXPECT_EQ(long_samples.why_blank, results::Reason(results::ReasonCode::SamplesSpanRuns, "", 16));
}

TEST(noise_band, holds_one_and_every_bounded_interval_of_the_baseline_against_itself) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 2, 20, rival_at(0.5));
  const auto analysis = analyse_only_group(experiment);
  ASSERT_GT(analysis.self.second_label.low, 0);
  EXPECT_EQ(analysis.self.second_process.low, 0) << "two loads bound nothing";
  EXPECT_EQ(analysis.noise.low, std::min(1.0, analysis.self.second_label.low));
  EXPECT_EQ(analysis.noise.high, std::max(1.0, analysis.self.second_label.high));
  EXPECT_FALSE(analysis.comparisons[0].inside_noise);
}

TEST(noise_band, is_blank_while_nothing_is_bounded) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 3, rival_at(1));
  const auto analysis = analyse_only_group(experiment);
  EXPECT_TRUE(std::isnan(analysis.noise.low));
  EXPECT_FALSE(analysis.comparisons[0].inside_noise);
}

TEST(noise_band, holds_a_rival_that_differs_by_less_than_the_baseline_from_itself) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 40, [](const std::string& candidate, Role role, int round) {
    if (role == Role::SecondLabel) return 1e6 * (round % 2 == 0 ? 0.97 : 1.03);
    return candidate == "c1" ? 1.01e6 : 1e6;
  });
  const auto analysis = analyse_only_group(experiment);
  EXPECT_DOUBLE_EQ(analysis.noise.low, 0.97);
  EXPECT_TRUE(analysis.comparisons[0].inside_noise);
}

/// Group g1 is g0 at batch 4, with candidates d0, d1 of the same configurations.
results::Experiment two_batches() {
  auto experiment = experiment_of(Mode::Quick);
  auto& groups = experiment.plan.groups;
  for (std::size_t i = 0; i < 2; ++i) groups[0].candidates[i].configuration.engine = i == 0 ? "a" : "b";
  add_load_set(experiment, 4, rival_at(0.5));
  groups.push_back(groups[0]);
  groups[1].id = "g1";
  groups[1].workload.batch_size = 4;
  groups[1].baseline = "d0";
  experiment.load_sets.push_back(experiment.load_sets[0]);
  experiment.load_sets[1].group = "g1";
  for (auto& load : experiment.load_sets[1].loads) load.candidate[0] = 'd';
  for (std::size_t i = 0; i < 2; ++i) {
    groups[1].candidates[i].id[0] = 'd';
    experiment.truth_checks.push_back(
        {.candidate = groups[1].candidates[i].id, .passed = true, .verified = true});
  }
  return experiment;
}

TEST(batch_sweep, joins_the_groups_that_differ_in_the_batch_only) {
  const auto batches = analyse(two_batches()).batches;
  ASSERT_EQ(batches.size(), 1u);
  ASSERT_EQ(batches[0].curves.size(), 2u);
  const auto& rival = batches[0].curves[1];
  EXPECT_EQ(rival.label, "openvino");
  ASSERT_EQ(rival.points.size(), 2u);
  EXPECT_EQ(rival.points[0].batch_size, 1);
  EXPECT_EQ(rival.points[1].candidate, "d1");
  EXPECT_NEAR(rival.points[1].throughput_per_second, 4 * rival.points[0].throughput_per_second, 1e-6);
  EXPECT_EQ(batches[0].highest_label, "openvino");
  EXPECT_EQ(batches[0].highest.candidate, "d1");
}

TEST(batch_sweep, needs_two_batch_sizes_of_one_workload) {
  EXPECT_THAT(analyse(experiment_of(Mode::Quick)).batches, IsEmpty());
  auto other = two_batches();
  other.plan.groups[1].workload.sequence_length = 128;
  EXPECT_THAT(analyse(other).batches, IsEmpty());
  auto unmeasured = two_batches();
  unmeasured.load_sets.pop_back();
  EXPECT_THAT(analyse(unmeasured).batches, IsEmpty());
}

TEST(batch_sweep, shows_the_baseline_of_several_waves_once) {
  auto experiment = two_batches();
  auto& groups = experiment.plan.groups;
  groups[1].workload.batch_size = groups[0].workload.batch_size;
  EXPECT_THAT(analyse(experiment).batches, IsEmpty()) << "one batch size is no sweep";
  groups.push_back(groups[1]);
  groups[2].id = "g2";
  groups[2].workload.batch_size = 4;
  groups[2].baseline = "e0";
  for (auto& candidate : groups[2].candidates) candidate.id[0] = 'e';
  experiment.load_sets.push_back(experiment.load_sets[1]);
  experiment.load_sets[2].group = "g2";
  for (auto& load : experiment.load_sets[2].loads) load.candidate[0] = 'e';
  const auto batches = analyse(experiment).batches;
  ASSERT_EQ(batches.size(), 1u);
  ASSERT_EQ(batches[0].curves[0].points.size(), 2u);
  EXPECT_EQ(batches[0].curves[0].points[0].candidate, "c0");
}

TEST(batch_sweep, does_not_praise_what_is_not_ranked) {
  auto experiment = two_batches();
  experiment.truth_checks.back().passed = false;
  const auto batches = analyse(experiment).batches;
  EXPECT_FALSE(batches.at(0).curves.at(1).points.at(1).ranked);
  EXPECT_EQ(batches[0].highest.candidate, "d0") << "batch 4 of the baseline beats batch 1 of the rival";
}

}  // namespace
}  // namespace inferometer::analysis
