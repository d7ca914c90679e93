#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/experiment_fixture.h"
#include "base/random.h"

namespace inferometer::analysis {
namespace {

using results::Mode;
using results::OutcomeKind;
using results::Reason;
using results::ReasonCode;
using results::Role;
using results::VerdictKind;
using ::testing::ElementsAre;

// The rival's log ratio is `spread` above or below 0 in turn: no number of rounds decides it.
Latency torn_rival(double spread) {
  return [spread](const std::string& candidate, Role, int round) {
    return 1e6 * (candidate == "c0" ? 1 : std::exp(round % 2 == 0 ? spread : -spread));
  };
}

TEST(comparison, cpu_time_has_a_ratio_of_its_own_at_the_level_of_the_verdict) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 7, 8, rival_at(0.9));
  for (auto& set : experiment.load_sets) {
    for (auto& block : load_of(set, "c1").blocks) block.cpu_ns *= 2;
  }
  const auto comparison = only_comparison(experiment);
  EXPECT_NEAR(comparison.fresh_loads.ratio, 0.9, 0.004);
  EXPECT_NEAR(comparison.cpu_time.ratio, 1.8, 0.008);
  EXPECT_EQ(comparison.cpu_time.units, 7);
  EXPECT_GT(comparison.cpu_time.low, 1.7);
}

TEST(comparison, cpu_time_that_no_worker_counts_has_no_ratio) {
  auto experiment = experiment_of(Mode::Quick);
  auto& set = add_load_set(experiment, 20, rival_at(0.9));
  auto& blocks = load_of(set, "c1").blocks;
  blocks[0].cpu_ns = 0;
  EXPECT_EQ(only_comparison(experiment).cpu_time.units, 19);
  for (auto& block : load_of(experiment.load_sets[0], "c1").blocks) block.cpu_ns = 0;
  EXPECT_TRUE(std::isnan(only_comparison(experiment).cpu_time.ratio));
}

TEST(rivals, are_compared_by_the_quotient_of_their_intervals) {
  auto experiment = experiment_of(Mode::Standard, 2);
  add_load_sets(experiment, 10, 8, [](const std::string& candidate, Role role, int round) {
    return rival_at(candidate == "c1" ? 0.6 : 0.8)(candidate, role, round);
  });
  const auto group = analyse_only_group(experiment);
  const auto& c1 = group.comparisons.at(0).fresh_loads;
  const auto& c2 = group.comparisons.at(1).fresh_loads;
  const auto pair = compare_rivals(group, "c1", "c2", 0.02);
  EXPECT_DOUBLE_EQ(pair.latency.ratio, c1.ratio / c2.ratio);
  EXPECT_DOUBLE_EQ(pair.latency.low, c1.low / c2.high);
  EXPECT_DOUBLE_EQ(pair.latency.high, c1.high / c2.low);
  EXPECT_EQ(pair.latency.verdict, VerdictKind::Faster);
  EXPECT_EQ(compare_rivals(group, "c2", "c1", 0.02).latency.verdict, VerdictKind::Slower);
  EXPECT_FALSE(pair.these_loads_only);
}

TEST(rivals, one_of_which_is_the_baseline_have_its_comparison) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 7, 8, rival_at(0.7));
  const auto group = analyse_only_group(experiment);
  const auto& own = group.comparisons.at(0).fresh_loads;
  EXPECT_DOUBLE_EQ(compare_rivals(group, "c1", "c0", 0.02).latency.high, own.high);
  EXPECT_DOUBLE_EQ(compare_rivals(group, "c0", "c1", 0.02).latency.low, 1 / own.high);
}

TEST(rivals, at_different_levels_meet_in_these_loads) {
  auto experiment = experiment_of(Mode::Standard, 2);
  add_load_sets(experiment, 10, 8, rival_at(0.7));
  auto group = analyse_only_group(experiment);
  group.comparisons[0].these_loads_only = true;
  const auto pair = compare_rivals(group, "c1", "c2", 0.02);
  EXPECT_TRUE(pair.these_loads_only);
  EXPECT_DOUBLE_EQ(pair.latency.low,
                   group.comparisons[0].these_loads.low / group.comparisons[1].these_loads.high);
  EXPECT_EQ(pair.cpu_time.units, 0);
}

TEST(rivals, without_a_round_in_common_have_no_ratio) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 7, 8, rival_at(0.7));
  const auto group = analyse_only_group(experiment);
  EXPECT_EQ(compare_rivals(group, "nobody", "no one", 0.02).latency.units, 0);
  EXPECT_EQ(compare_rivals(group, "c1", "one of another group", 0.02).latency.units, 0);
  for (auto& set : experiment.load_sets) load_of(set, "c1").blocks.clear();
  const auto pair = compare_rivals(analyse_only_group(experiment), "c1", "c0", 0.02);
  EXPECT_EQ(pair.latency.units, 0);
  EXPECT_TRUE(std::isnan(pair.latency.ratio));
}

TEST(comparison, seven_fresh_loads_carry_a_claim_about_the_configuration) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 7, 8, rival_at(0.7));
  const auto comparison = only_comparison(experiment);
  EXPECT_EQ(comparison.verdict, VerdictKind::Faster);
  EXPECT_FALSE(comparison.these_loads_only);
  EXPECT_EQ(comparison.needs_loads, 0);
  EXPECT_EQ(comparison.fresh_loads.units, 7);
  EXPECT_EQ(comparison.these_loads.units, 56);
  EXPECT_NEAR(comparison.fresh_loads.ratio, 0.7, 0.003);
  EXPECT_LE(comparison.fresh_loads.low, comparison.fresh_loads.ratio);
  EXPECT_GE(comparison.fresh_loads.high, comparison.fresh_loads.ratio);
}

TEST(comparison, below_seven_loads_it_claim_scope_these_loads_and_says_how_many_more_it_needs) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_set(experiment, 20, rival_at(0.7));
  auto comparison = only_comparison(experiment);
  EXPECT_EQ(comparison.verdict, VerdictKind::Faster);
  EXPECT_TRUE(comparison.these_loads_only);
  EXPECT_EQ(comparison.needs_loads, 6);
  EXPECT_EQ(comparison.fresh_loads.verdict, VerdictKind::Undecided);
  EXPECT_EQ(comparison.fresh_loads.low, 0);
  EXPECT_TRUE(std::isinf(comparison.fresh_loads.high));
  add_load_sets(experiment, 5, 8, rival_at(0.7));
  comparison = only_comparison(experiment);
  EXPECT_TRUE(comparison.these_loads_only);
  EXPECT_EQ(comparison.needs_loads, 1);
}

TEST(comparison, once_fresh_loads_are_bounded_they_alone_count) {
  auto experiment = experiment_of(Mode::Standard);
  for (int set = 0; set < 8; ++set) add_load_set(experiment, 50, rival_at(set == 0 ? 1.2 : 0.9));
  const auto comparison = only_comparison(experiment);
  EXPECT_EQ(comparison.these_loads.verdict, VerdictKind::Faster);
  EXPECT_EQ(comparison.verdict, VerdictKind::Undecided) << "one of eight loads was slower";
  EXPECT_FALSE(comparison.these_loads_only);
}

TEST(comparison, quick_claim_scope_these_loads_whatever_their_number) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_sets(experiment, 8, 8, rival_at(0.7));
  const auto comparison = only_comparison(experiment);
  EXPECT_TRUE(comparison.these_loads_only);
  EXPECT_EQ(comparison.verdict, VerdictKind::Faster);
  EXPECT_EQ(comparison.needs_loads, 0);
}

TEST(comparison, verdicts_follow_the_interval_and_the_margin) {
  const auto verdict_at = [](double ratio) {
    auto experiment = experiment_of(Mode::Quick);
    add_load_set(experiment, 40, rival_at(ratio));
    return only_comparison(experiment);
  };
  EXPECT_EQ(verdict_at(0.9).verdict, VerdictKind::Faster);
  EXPECT_EQ(verdict_at(1.1).verdict, VerdictKind::Slower);
  EXPECT_EQ(verdict_at(1.0).verdict, VerdictKind::Equivalent);
  EXPECT_FALSE(verdict_at(1.0).differs_within_margin);
  EXPECT_EQ(verdict_at(1.01).verdict, VerdictKind::Slower);
  EXPECT_TRUE(verdict_at(1.01).differs_within_margin);
  EXPECT_FALSE(verdict_at(1.1).differs_within_margin);
}

TEST(comparison, six_rounds_decide_nothing) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 6, rival_at(0.5));
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Undecided);
}

TEST(comparison, the_family_error_is_shared_by_the_comparisons_that_take_part) {
  auto experiment = experiment_of(Mode::Standard, 3);
  EXPECT_DOUBLE_EQ(analyse_only_group(experiment).comparisons.at(0).level, 0.05 / 3);
  experiment.outcomes.push_back({"c3", {.kind = OutcomeKind::Crashed, .phase = "load", .reason = "SIGSEGV"}});
  EXPECT_DOUBLE_EQ(analyse_only_group(experiment).comparisons.at(0).level, 0.05 / 2)
      << "c3 was never measured";
  add_load_set(experiment, 8, rival_at(1));
  EXPECT_DOUBLE_EQ(analyse_only_group(experiment).comparisons.at(0).level, 0.05 / 3)
      << "c3 failed after measuring";
}

TEST(comparison, with_more_rivals_more_fresh_loads_are_needed) {
  auto experiment = experiment_of(Mode::Standard, 2);
  add_load_sets(experiment, 7, 8, rival_at(0.7));
  EXPECT_EQ(analyse_only_group(experiment).comparisons.at(1).needs_loads, 1);
}

TEST(comparison, a_round_disturbed_for_one_is_left_out_for_all) {
  auto experiment = experiment_of(Mode::Quick, 2);
  auto& set = add_load_set(experiment, 20, rival_at(0.7));
  load_of(set, "c0", Role::SecondLabel).blocks[4].disturbed = "clock jump";
  const auto analysis = analyse_only_group(experiment);
  for (const auto& comparison : analysis.comparisons) EXPECT_EQ(comparison.these_loads.units, 19);
  for (const auto& summary : analysis.summaries) {
    EXPECT_EQ(summary.rounds, 19);
    EXPECT_EQ(summary.disturbed_rounds, 1);
  }
}

TEST(comparison, a_block_without_a_positive_median_disturbs_its_round) {
  auto experiment = experiment_of(Mode::Quick);
  auto& set = add_load_set(experiment, 20, rival_at(0.7));
  load_of(set, "c1").blocks[3].durations_ns.assign(4, 0);
  load_of(set, "c1").blocks[5].durations_ns.clear();
  const auto comparison = only_comparison(experiment);
  EXPECT_EQ(comparison.these_loads.units, 18);
  EXPECT_NEAR(comparison.these_loads.ratio, 0.7, 0.003);
}

TEST(comparison, rounds_are_paired_by_their_number_and_not_by_their_place) {
  auto experiment = experiment_of(Mode::Quick);
  // The machine slows down fifty-fold over the rounds; the rival takes its blocks in another order.
  auto& set = add_load_set(experiment, 20, [](const std::string& candidate, Role, int round) {
    return 1e6 * (1 + round * 2.5) * (candidate == "c0" ? 1 : 0.7);
  });
  std::reverse(load_of(set, "c1").blocks.begin(), load_of(set, "c1").blocks.end());
  load_of(set, "c0").blocks.erase(load_of(set, "c0").blocks.begin() + 7);
  const auto comparison = only_comparison(experiment);
  EXPECT_EQ(comparison.these_loads.units, 19);
  EXPECT_NEAR(comparison.these_loads.low, 0.7, 1e-6);
  EXPECT_NEAR(comparison.these_loads.high, 0.7, 1e-6);
}

TEST(comparison, the_runs_of_a_sample_do_not_change_the_ratio) {
  auto experiment = experiment_of(Mode::Quick);
  auto& set = add_load_set(experiment, 20, rival_at(0.7));
  for (auto& block : load_of(set, "c1").blocks) {
    for (auto& duration_ns : block.durations_ns) duration_ns *= 800;
    block.runs_per_sample = 800;
  }
  EXPECT_NEAR(only_comparison(experiment).these_loads.ratio, 0.7, 0.003);
}

TEST(comparison, load_sets_with_a_failed_load_are_left_out) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 8, 8, rival_at(0.7));
  load_of(experiment.load_sets[2], "c1").outcome = {.kind = OutcomeKind::Crashed, .phase = "run"};
  load_of(experiment.load_sets[5], "c0").outcome = {.kind = OutcomeKind::TimedOut, .phase = "run"};
  for (auto& block : load_of(experiment.load_sets[6], "c0").blocks) block.disturbed = "throttled";
  const auto comparison = only_comparison(experiment);
  EXPECT_EQ(comparison.fresh_loads.units, 5);
  EXPECT_EQ(comparison.these_loads.units, 40);
}

TEST(comparison, rounds_of_an_interrupted_set_count_but_not_as_a_fresh_load) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 7, 8, rival_at(0.7));
  experiment.load_sets.back().interrupted = true;
  const auto comparison = only_comparison(experiment);
  EXPECT_EQ(comparison.fresh_loads.units, 6);
  EXPECT_EQ(comparison.these_loads.units, 56);
}

TEST(comparison, other_groups_do_not_mix_in) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, rival_at(0.7));
  add_load_set(experiment, 20, rival_at(1.3)).group = "g1";
  EXPECT_EQ(only_comparison(experiment).these_loads.units, 20);
}

TEST(comparison, spread_is_given_plain_and_robust) {
  auto experiment = experiment_of(Mode::Standard);
  for (int set = 0; set < 9; ++set) add_load_set(experiment, 8, rival_at(set == 4 ? 7.0 : 0.7));
  const auto comparison = only_comparison(experiment);
  EXPECT_GT(comparison.fresh_loads.deviation, 0.5) << "one load of nine was ten times slower";
  EXPECT_LT(comparison.fresh_loads.robust_deviation, 0.01);
  EXPECT_LT(comparison.these_loads.robust_deviation, 0.01);
}

TEST(ranking, wrong_output_is_measured_but_not_ranked) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, rival_at(0.5));
  experiment.truth_checks[1].passed = false;
  experiment.truth_checks[1].reason = {ReasonCode::OutputError, "logits", 0.3, 0.001};
  const auto comparison = only_comparison(experiment);
  EXPECT_FALSE(comparison.ranked);
  EXPECT_THAT(comparison.reasons,
              ElementsAre(Reason(ReasonCode::WrongOutput), experiment.truth_checks[1].reason));
  EXPECT_NEAR(comparison.these_loads.ratio, 0.5, 0.003);
}

TEST(ranking, unverified_and_unchecked_candidates_are_not_ranked) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, rival_at(0.5));
  experiment.truth_checks[1].verified = false;
  EXPECT_FALSE(only_comparison(experiment).ranked);
  EXPECT_THAT(only_comparison(experiment).reasons, ElementsAre(Reason(ReasonCode::NoReference)));
  experiment.truth_checks.pop_back();
  EXPECT_FALSE(only_comparison(experiment).ranked);
  EXPECT_THAT(only_comparison(experiment).reasons, ElementsAre(Reason(ReasonCode::NotChecked)));
}

TEST(ranking, an_unverified_candidate_is_ranked_on_request_unless_its_outputs_are_broken) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, rival_at(0.5));
  experiment.plan.rank_unverified = true;
  experiment.truth_checks[1].verified = false;
  EXPECT_TRUE(only_comparison(experiment).ranked);
  experiment.truth_checks[1].passed = false;
  experiment.truth_checks[1].reason = "NaN in logits at [0, 0]";
  EXPECT_FALSE(only_comparison(experiment).ranked);
}

TEST(ranking, a_candidate_that_failed_is_not_ranked_and_says_how_it_ended) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, rival_at(0.5));
  experiment.outcomes.push_back({"c1", {.kind = OutcomeKind::Crashed, .phase = "run", .reason = "SIGSEGV"}});
  const auto comparison = only_comparison(experiment);
  EXPECT_FALSE(comparison.ranked);
  EXPECT_THAT(comparison.reasons, ElementsAre(Reason(ReasonCode::Crashed, "run"), Reason("SIGSEGV")));
  EXPECT_EQ(comparison.these_loads.units, 20);
}

TEST(ranking, nothing_is_ranked_against_a_wrong_baseline) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, rival_at(0.5));
  experiment.truth_checks[0].passed = false;
  experiment.truth_checks[0].reason = "NaN in logits";
  EXPECT_FALSE(only_comparison(experiment).ranked);
  EXPECT_THAT(only_comparison(experiment).reasons,
              ElementsAre(Reason(ReasonCode::BaselineNotRanked, "onnxruntime"),
                          Reason(ReasonCode::WrongOutput), Reason("NaN in logits")));
}

TEST(invalid, a_second_label_that_differs_from_the_baseline_takes_all_verdicts_away) {
  auto experiment = experiment_of(Mode::Standard);
  const auto good = rival_at(0.7);
  add_load_sets(experiment, 8, 8, [&](const std::string& candidate, Role role, int round) {
    return good(candidate, role, round) * (role == Role::SecondLabel ? 1.02 : 1);
  });
  const auto analysis = analyse_only_group(experiment);
  EXPECT_EQ(analysis.self.second_label.verdict, VerdictKind::Invalid);
  EXPECT_EQ(analysis.comparisons[0].verdict, VerdictKind::Invalid);
  EXPECT_EQ(analysis.comparisons[0].these_loads.verdict, VerdictKind::Invalid);
  EXPECT_EQ(analysis.comparisons[0].fresh_loads.verdict, VerdictKind::Invalid);
  ASSERT_EQ(analysis.comparisons[0].reasons.size(), 1u);
  EXPECT_EQ(analysis.comparisons[0].reasons[0].code, ReasonCode::DiffersFromItself);
  EXPECT_NEAR(analysis.comparisons[0].reasons[0].value, 1.02, 0.001);
  EXPECT_EQ(analysis.comparisons[0].reasons[0].limit, 64);
  EXPECT_EQ(analysis.trust.grade, Grade::Invalid);
  EXPECT_EQ(analysis.fastest, "");
}

TEST(invalid, nine_rounds_of_a_differing_second_label_are_no_proof_at_one_percent) {
  auto experiment = experiment_of(Mode::Quick);
  const auto good = rival_at(0.7);
  add_load_set(experiment, 9, [&](const std::string& candidate, Role role, int round) {
    return good(candidate, role, round) * (role == Role::SecondLabel ? 1.02 : 1);
  });
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Faster);
}

TEST(invalid, a_group_that_was_not_measurable_has_no_verdict) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, rival_at(0.7));
  experiment.stops.push_back({.group = "g0", .reason = "neighbours use 1.0 of 2 CPUs", .measurable = false});
  const auto analysis = analyse_only_group(experiment);
  EXPECT_EQ(analysis.comparisons[0].verdict, VerdictKind::Invalid);
  EXPECT_THAT(analysis.comparisons[0].reasons,
              ElementsAre(Reason(ReasonCode::NotMeasurable), Reason("neighbours use 1.0 of 2 CPUs")));
  EXPECT_EQ(analysis.trust.grade, Grade::Invalid);
  experiment.stops.push_back({.group = "g0", .reason = "decided"});
  experiment.stops.push_back({.group = "g1", .reason = "neighbours use 1.0 of 2 CPUs", .measurable = false});
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Faster) << "it was resumed";
}

TEST(invalid, what_is_invalid_makes_no_statement_about_the_margin_or_the_floor) {
  auto experiment = experiment_of(Mode::Quick);
  auto& set = add_load_set(experiment, 40, rival_at(0.99));
  for (auto& block : load_of(set, "c0").blocks) block.durations_ns[0] = 500'000;
  EXPECT_TRUE(only_comparison(experiment).differs_within_margin);
  EXPECT_TRUE(only_comparison(experiment).floor_contradicts);
  experiment.stops.push_back({.group = "g0", .reason = "neighbours use 1.0 of 2 CPUs", .measurable = false});
  EXPECT_FALSE(only_comparison(experiment).differs_within_margin);
  EXPECT_FALSE(only_comparison(experiment).floor_contradicts);
}

TEST(invalid, two_processes_of_the_baseline_that_differ_across_loads_take_fresh_claims_away) {
  auto experiment = experiment_of(Mode::Standard);
  const auto good = rival_at(0.7);
  const auto shifted = [&](const std::string& candidate, Role role, int round) {
    return good(candidate, role, round) * (role == Role::SecondProcess ? 1.03 : 1);
  };
  add_load_sets(experiment, 9, 8, shifted);
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Faster) << "nine loads cannot exclude at 0.01";
  add_load_set(experiment, 8, shifted);
  const auto analysis = analyse_only_group(experiment);
  EXPECT_TRUE(analysis.self.has_second_process);
  EXPECT_EQ(analysis.self.second_process.units, 10);
  EXPECT_EQ(analysis.self.second_process.verdict, VerdictKind::Invalid);
  EXPECT_EQ(analysis.comparisons[0].verdict, VerdictKind::Invalid);
  EXPECT_EQ(analysis.comparisons[0].these_loads.verdict, VerdictKind::Faster);
  EXPECT_EQ(analysis.trust.grade, Grade::Invalid);
}

TEST(invalid, several_threads_that_waited_for_cpus_are_not_judged) {
  auto experiment = experiment_of(Mode::Quick);
  for (auto& spec : experiment.plan.groups[0].candidates) spec.configuration.threads = 2;
  auto& set = add_load_set(experiment, 20, rival_at(0.475));
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Faster);
  for (auto& block : load_of(set, "c1").blocks) block.run_delay_ns = block.wall_ns;
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Invalid);
  EXPECT_THAT(only_comparison(experiment).reasons,
              ElementsAre(Reason(ReasonCode::ThreadsWaited, "openvino", 1, kDelayGate)));
  for (auto& block : load_of(set, "c0").blocks) block.run_delay_ns = block.wall_ns;
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Invalid) << "alike, but both ran as one thread";
  EXPECT_THAT(only_comparison(experiment).reasons,
              ElementsAre(Reason(ReasonCode::ThreadsWaited, "onnxruntime", 1, kDelayGate)));
}

TEST(invalid, a_wait_for_cpus_that_hit_only_one_side_is_not_judged) {
  auto experiment = experiment_of(Mode::Quick);
  auto& set = add_load_set(experiment, 20, rival_at(0.7));
  for (auto& block : load_of(set, "c0").blocks) block.run_delay_ns = block.wall_ns / 5;
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Invalid);
  const auto reasons = only_comparison(experiment).reasons;
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_EQ(reasons[0].code, ReasonCode::WaitedUnequally);
  EXPECT_EQ(reasons[0].subject, "openvino");
  EXPECT_NEAR(reasons[0].value, 0, 0.01);
  EXPECT_NEAR(reasons[0].limit, 0.2, 0.01);
  for (auto& block : load_of(set, "c1").blocks) block.run_delay_ns = block.wall_ns / 5;
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Faster) << "it hit both alike";
}

TEST(planning, an_undecided_comparison_says_how_much_more_time_it_would_need) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 4, 8, rival_at(0.7));
  auto comparison = only_comparison(experiment);
  EXPECT_EQ(comparison.verdict, VerdictKind::Faster);
  EXPECT_NEAR(comparison.seconds_more, 3, 1e-9) << "three more load sets of a second each";
  add_load_sets(experiment, 3, 8, rival_at(0.7));
  EXPECT_TRUE(std::isnan(only_comparison(experiment).seconds_more)) << "it is decided";
}

TEST(planning, a_small_difference_needs_more_time_than_a_large_one) {
  const auto seconds_for = [](double effect) {
    auto experiment = experiment_of(Mode::Quick);
    add_load_set(experiment, 20, [&](const std::string& candidate, Role, int round) {
      return 1e6 * (candidate == "c0" ? 1 : std::exp(effect + 0.1 * std::sin(100.0 * round)));
    });
    const auto comparison = only_comparison(experiment);
    EXPECT_EQ(comparison.verdict, VerdictKind::Undecided);
    return comparison.seconds_more;
  };
  EXPECT_GT(seconds_for(0.02), 2 * seconds_for(0.05));
}

TEST(planning, equality_is_planned_by_the_distance_to_the_margin) {
  const auto seconds_with_margin = [](double margin) {
    auto experiment = experiment_of(Mode::Quick);
    experiment.plan.effort.margin = margin;
    add_load_set(experiment, 22, torn_rival(0.05));
    return only_comparison(experiment).seconds_more;
  };
  EXPECT_GT(seconds_with_margin(0.01), 2 * seconds_with_margin(0.02));
}

TEST(planning, more_time_is_not_promised_to_a_hopeless_comparison) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 21, torn_rival(5));
  EXPECT_EQ(only_comparison(experiment).verdict, VerdictKind::Undecided);
  EXPECT_NEAR(only_comparison(experiment).these_loads.ratio, std::exp(5), 1);
  add_load_set(experiment, 1, torn_rival(-5));
  EXPECT_NEAR(only_comparison(experiment).these_loads.ratio, 1, 1e-4);
  EXPECT_TRUE(std::isnan(only_comparison(experiment).seconds_more));
}

TEST(floor, a_ratio_of_floors_that_points_the_other_way_is_flagged) {
  auto experiment = experiment_of(Mode::Quick);
  auto& set = add_load_set(experiment, 20, rival_at(0.9));
  EXPECT_FALSE(only_comparison(experiment).floor_contradicts);
  for (auto& block : load_of(set, "c0").blocks) block.durations_ns[0] = 500'000;
  EXPECT_TRUE(only_comparison(experiment).floor_contradicts);
}

VerdictKind flipped(VerdictKind verdict) {
  if (verdict == VerdictKind::Faster) return VerdictKind::Slower;
  return verdict == VerdictKind::Slower ? VerdictKind::Faster : verdict;
}

RC_GTEST_PROP(comparison_property, swapping_baseline_and_candidate_inverts_ratio_and_verdict, ()) {
  auto experiment = experiment_of(*rc::gen::element(Mode::Quick, Mode::Standard));
  const double effect = *rc::gen::inRange(-40, 41) / 1000.0;
  const double spread = *rc::gen::inRange(1, 50) / 1000.0;
  base::Random random(*rc::gen::arbitrary<std::uint64_t>(), "noise");
  const int sets = *rc::gen::inRange(1, 9);
  // The A/A rows copy the baseline only before the swap, so they are taken out.
  add_load_sets(experiment, sets, *rc::gen::inRange(1, 20), [&](const std::string& candidate, Role, int) {
    return 1e9 * std::exp((candidate == "c0" ? 0 : effect) + spread * random.normal());
  });
  for (auto& set : experiment.load_sets) {
    std::erase_if(set.loads, [](const results::Load& load) { return load.role != Role::Candidate; });
  }
  const auto forward = only_comparison(experiment);
  experiment.plan.groups[0].baseline = "c1";
  const auto backward = only_comparison(experiment);
  RC_ASSERT(backward.verdict == flipped(forward.verdict));
  RC_ASSERT(backward.these_loads_only == forward.these_loads_only);
  RC_ASSERT(std::fabs(backward.these_loads.ratio * forward.these_loads.ratio - 1) < 1e-9);
  if (forward.these_loads.low > 0) {
    RC_ASSERT(std::fabs(backward.these_loads.low * forward.these_loads.high - 1) < 1e-9);
    RC_ASSERT(std::fabs(backward.these_loads.high * forward.these_loads.low - 1) < 1e-9);
  }
}

}  // namespace
}  // namespace inferometer::analysis
