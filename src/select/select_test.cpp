// Decisions about tiny experiments that the real analysis has looked at.
#include "select/select.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/experiment_fixture.h"

namespace inferometer::select {
namespace {

using analysis::add_load_sets;
using analysis::Latency;
using analysis::load_of;
using results::Mode;
using results::Reason;
using results::ReasonCode;
using results::Role;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Latencies of the candidates in ms, with 0.3 % of jitter.
Latency at(std::vector<double> milliseconds) {
  return [milliseconds](const std::string& candidate, Role role, int round) {
    const double row = 3.0 * candidate.back() + 5.0 * static_cast<double>(role);
    return 1e6 * milliseconds.at(static_cast<std::size_t>(candidate.back() - '0')) *
           (1 + 0.003 * std::sin(12.9898 * round + 78.233 * row));
  };
}

results::Experiment measured(const std::vector<double>& milliseconds, int rounds = 8,
                             Mode mode = Mode::Standard) {
  auto experiment = analysis::experiment_of(mode, static_cast<int>(milliseconds.size()) - 1);
  add_load_sets(experiment, mode == Mode::Quick ? 1 : 10, rounds, at(milliseconds));
  auto& plan = experiment.plan;
  for (auto& spec : plan.groups[0].candidates) {
    spec.artefact = "of " + spec.id;
    spec.configuration.engine = spec.label;
    auto& artefact = plan.artefacts.emplace_back();
    artefact.key = spec.artefact;
    artefact.size_bytes = 100'000'000;
  }
  plan.groups[0].workload = {"minilm", 1, 128, {}, ""};
  return experiment;
}

Advice advice_on(const results::Experiment& experiment) {
  const auto all = advise(experiment, analysis::analyse(experiment));
  EXPECT_EQ(all.size(), 1u);
  return all.at(0);
}

const Recommendation& for_use(const Advice& advice, Use use) {
  return advice.recommendations.at(static_cast<std::size_t>(use));
}

Recommendation choice_of(const results::Experiment& experiment, Use use) {
  return for_use(advice_on(experiment), use);
}

/// Every `period`th block gets one run that takes `factor` times as long: no median moves.
void add_spikes(results::Experiment& experiment, const std::string& candidate, int period, double factor) {
  int blocks = 0;
  for (auto& set : experiment.load_sets) {
    for (auto& block : load_of(set, candidate).blocks) {
      if (blocks++ % period != 0) continue;
      block.durations_ns.back() = std::llround(factor * static_cast<double>(block.durations_ns.back()));
    }
  }
}

/// The same group again at another batch size, as d0, d1, ... with `factor` times the latency.
void add_batch(results::Experiment& experiment, std::int64_t batch_size, double factor) {
  auto group = experiment.plan.groups[0];
  group.id = "g1";
  group.workload.batch_size = batch_size;
  for (auto& spec : group.candidates) {
    spec.id[0] = 'd';
    experiment.truth_checks.push_back({.candidate = spec.id, .passed = true, .verified = true});
  }
  group.baseline[0] = 'd';
  experiment.plan.groups.push_back(group);
  const auto sets = experiment.load_sets;
  for (auto set : sets) {
    set.group = "g1";
    for (auto& load : set.loads) {
      load.candidate[0] = 'd';
      for (auto& block : load.blocks) {
        for (auto& duration_ns : block.durations_ns)
          duration_ns = std::llround(factor * static_cast<double>(duration_ns));
        block.wall_ns = block.cpu_ns = std::llround(factor * static_cast<double>(block.wall_ns));
      }
    }
    experiment.load_sets.push_back(set);
  }
}

TEST(latency_critical, takes_the_percentile_that_the_samples_of_all_carry) {
  EXPECT_EQ(choice_of(measured({1, 0.8}, 5, Mode::Quick), Use::Latency).measure, Measure::Median);
  EXPECT_EQ(choice_of(measured({1, 0.8}, 8), Use::Latency).measure, Measure::P95);
  EXPECT_EQ(choice_of(measured({1, 0.8}, 10), Use::Latency).measure, Measure::P99);
}

TEST(latency_critical, names_the_faster_with_the_interval_to_its_runner_up) {
  const auto experiment = measured({1, 0.6, 0.8});
  const auto choice = choice_of(experiment, Use::Latency);
  EXPECT_EQ(choice.chosen.candidate, "c1");
  EXPECT_EQ(choice.runner_up.candidate, "c2");
  EXPECT_EQ(choice.basis, Basis::Interval);
  EXPECT_TRUE(choice.no_claim.empty());
  EXPECT_NEAR(choice.difference.ratio, 0.75, 0.005);
  EXPECT_LT(choice.difference.high, 0.77);
  EXPECT_FALSE(choice.these_loads_only);
  EXPECT_NEAR(choice.chosen.value, 0.6e6, 0.01e6);
  EXPECT_NEAR(choice.runner_up.value, 0.8e6, 0.01e6);
  EXPECT_EQ(choice.overruled.candidate, "");
}

TEST(latency_critical, the_tail_decides_among_those_that_are_not_distinguished_and_no_claim_is_made) {
  auto experiment = measured({1, 1.0005});
  add_spikes(experiment, "c0", 3, 2);
  const auto choice = choice_of(experiment, Use::Latency);
  EXPECT_EQ(choice.measure, Measure::P95);
  EXPECT_EQ(choice.chosen.candidate, "c1");
  EXPECT_EQ(choice.runner_up.candidate, "c0");
  EXPECT_EQ(choice.basis, Basis::NoClaim);
  EXPECT_EQ(choice.no_claim, Reason(ReasonCode::WithinMargin, "", analysis::kNone, 0.02));
  EXPECT_EQ(choice.overruled.candidate, "");
}

TEST(latency_critical, a_better_tail_of_a_certainly_slower_one_is_overruled_and_reported) {
  auto experiment = measured({1, 0.8});
  add_spikes(experiment, "c1", 3, 3);
  const auto choice = choice_of(experiment, Use::Latency);
  EXPECT_EQ(choice.chosen.candidate, "c1");
  EXPECT_EQ(choice.overruled.candidate, "c0");
  EXPECT_LT(choice.overruled.value, choice.chosen.value);
}

TEST(latency_critical, in_quick_mode_it_claim_scope_these_loads) {
  const auto choice = choice_of(measured({1, 0.6}, 20, Mode::Quick), Use::Latency);
  EXPECT_EQ(choice.chosen.candidate, "c1");
  EXPECT_EQ(choice.basis, Basis::Interval);
  EXPECT_TRUE(choice.these_loads_only);
  EXPECT_EQ(choice.needs_loads, 6);
}

TEST(latency_critical, too_few_rounds_make_no_claim) {
  const auto choice = choice_of(measured({1, 0.6}, 4, Mode::Quick), Use::Latency);
  EXPECT_EQ(choice.chosen.candidate, "c1");
  EXPECT_EQ(choice.basis, Basis::NoClaim);
  EXPECT_EQ(choice.no_claim.code, ReasonCode::FewRounds);
}

TEST(throughput_critical, looks_over_all_batch_sizes_and_makes_no_claim_across_them) {
  auto experiment = measured({1, 0.5});
  add_batch(experiment, 8, 6);
  const auto choice = choice_of(experiment, Use::Throughput);
  EXPECT_EQ(choice.chosen.group, "g1");
  EXPECT_EQ(choice.chosen.candidate, "d1");
  EXPECT_NEAR(choice.chosen.value, 8 / (6 * 0.5e-3), 20);
  EXPECT_NEAR(choice.runner_up.value, 8 / 6e-3, 20);
  EXPECT_EQ(choice.runner_up.candidate, "d0") << "the same configuration at batch 1 is no rival";
  EXPECT_EQ(choice.basis, Basis::Interval);

  // Only the rival is fast at batch 1: the two best were not measured side by side.
  auto apart = measured({0.05, 0.9});
  add_batch(apart, 8, 4);
  for (auto& check : apart.truth_checks) {
    if (check.candidate == "d0") check.passed = false;
  }
  const auto across = choice_of(apart, Use::Throughput);
  EXPECT_EQ(across.chosen.candidate, "c0");
  EXPECT_EQ(across.runner_up.candidate, "d1");
  EXPECT_EQ(across.basis, Basis::NoClaim);
  EXPECT_EQ(across.no_claim.code, ReasonCode::BatchesNotCompared);
}

TEST(development, is_the_baseline_or_else_the_most_faithful) {
  auto experiment = measured({1, 0.6, 0.8});
  experiment.truth_checks[1].max_rel_error = 2e-3;
  experiment.truth_checks[2].max_rel_error = 1e-6;
  auto choice = choice_of(experiment, Use::Development);
  EXPECT_EQ(choice.chosen.candidate, "c0");
  EXPECT_EQ(choice.runner_up.candidate, "c2");
  EXPECT_EQ(choice.measure, Measure::Baseline);
  EXPECT_EQ(choice.basis, Basis::Fact);

  experiment.truth_checks[0].passed = false;
  choice = choice_of(experiment, Use::Development);
  EXPECT_EQ(choice.chosen.candidate, "c2");
  EXPECT_EQ(choice.runner_up.candidate, "c1");
  EXPECT_EQ(choice.measure, Measure::LargestError);
  EXPECT_DOUBLE_EQ(choice.chosen.value, 1e-6);
}

TEST(edge, is_the_smallest_artefact_whatever_its_speed) {
  auto experiment = measured({1, 0.6, 3});
  experiment.plan.artefacts[2].size_bytes = 25'000'000;
  const auto choice = choice_of(experiment, Use::Edge);
  EXPECT_EQ(choice.chosen.candidate, "c2");
  EXPECT_EQ(choice.measure, Measure::Size);
  EXPECT_EQ(choice.basis, Basis::Fact);
  EXPECT_DOUBLE_EQ(choice.chosen.value, 25e6);
  EXPECT_NEAR(choice.difference.ratio, choice.runner_up.candidate == "c1" ? 5 : 3, 0.1);
}

TEST(edge, memory_decides_among_equal_artefacts_without_a_claim) {
  auto experiment = measured({1, 0.6});
  for (auto& set : experiment.load_sets) {
    load_of(set, "c0").peak_rss_bytes = 200;
    load_of(set, "c1").peak_rss_bytes = 100;
  }
  const auto choice = choice_of(experiment, Use::Edge);
  EXPECT_EQ(choice.chosen.candidate, "c1");
  EXPECT_EQ(choice.measure, Measure::PeakMemory);
  EXPECT_EQ(choice.basis, Basis::NoClaim);
  EXPECT_DOUBLE_EQ(choice.runner_up.value, 200);
}

TEST(edge, speed_decides_where_neither_size_nor_memory_tells_them_apart) {
  auto experiment = measured({1, 5, 0.2, 0.1});
  experiment.plan.artefacts[1].size_bytes = 99'000'000;
  experiment.plan.artefacts[3].size_bytes = 106'000'000;
  for (auto& set : experiment.load_sets) {
    load_of(set, "c0").peak_rss_bytes = 100;
    load_of(set, "c1").peak_rss_bytes = 101;
    load_of(set, "c2").peak_rss_bytes = 120;
    load_of(set, "c3").peak_rss_bytes = 50;
  }
  const auto choice = choice_of(experiment, Use::Edge);
  EXPECT_EQ(choice.chosen.candidate, "c0") << "five times as fast as one that is 1 % smaller";
  EXPECT_EQ(choice.runner_up.candidate, "c1");
  EXPECT_EQ(choice.measure, Measure::Median);
  EXPECT_EQ(choice.basis, Basis::Interval);
}

TEST(server, is_the_one_that_spends_the_least_cpu_time_on_an_item) {
  auto experiment = measured({1, 0.8});
  for (auto& set : experiment.load_sets) {
    for (auto& block : load_of(set, "c1").blocks) block.cpu_ns *= 2;
  }
  const auto choice = choice_of(experiment, Use::Server);
  EXPECT_EQ(choice.chosen.candidate, "c0");
  EXPECT_EQ(choice.measure, Measure::CpuTime);
  EXPECT_EQ(choice.basis, Basis::Interval);
  EXPECT_NEAR(choice.difference.ratio, 1 / 1.6, 0.005);
  EXPECT_EQ(choice_of(experiment, Use::Latency).chosen.candidate, "c1");
}

TEST(server, counts_the_items_of_a_batch) {
  auto experiment = measured({1, 0.9});
  add_batch(experiment, 8, 4);
  const auto choice = choice_of(experiment, Use::Server);
  EXPECT_EQ(choice.chosen.candidate, "d1");
  EXPECT_NEAR(choice.chosen.value, 0.45e6, 0.01e6);
}

TEST(excluded, wrong_output_is_never_recommended_and_reported_with_its_numbers) {
  auto experiment = measured({1, 0.1, 0.9});
  experiment.plan.artefacts[1].size_bytes = 1;
  auto& check = experiment.truth_checks[1];
  check.passed = false;
  check.reason = {ReasonCode::OutputError, "logits", 0.8, 0.1};
  check.cosine = 0.2;
  check.disagreement = 0.5;
  check.classified_items = 8;
  const auto advice = advice_on(experiment);
  for (const auto& choice : advice.recommendations) {
    EXPECT_NE(choice.chosen.candidate, "c1") << to_text(choice.use);
    EXPECT_NE(choice.runner_up.candidate, "c1") << to_text(choice.use);
    EXPECT_NE(choice.chosen.candidate, "") << to_text(choice.use);
  }
  ASSERT_EQ(advice.excluded.size(), 1u);
  EXPECT_EQ(advice.excluded[0].candidate, "c1");
  EXPECT_THAT(
      advice.excluded[0].reasons,
      ElementsAre(Reason(ReasonCode::WrongOutput), Reason(ReasonCode::OutputError, "logits", 0.8, 0.1),
                  Reason(ReasonCode::Cosine, "", 0.2), Reason(ReasonCode::Disagreement, "", 0.5, 8)));
}

TEST(excluded, a_crash_and_a_candidate_without_rounds_are_reported) {
  auto experiment = measured({1, 0.5, 0.9, 0.4});
  experiment.outcomes.push_back({"c1", {results::OutcomeKind::Crashed, "run", "SIGSEGV", "", ""}});
  for (auto& set : experiment.load_sets) load_of(set, "c3").blocks.clear();
  const auto advice = advice_on(experiment);
  ASSERT_EQ(advice.excluded.size(), 2u);
  EXPECT_THAT(advice.excluded[0].reasons, ElementsAre(Reason(ReasonCode::Crashed, "run"), Reason("SIGSEGV")));
  EXPECT_THAT(advice.excluded[1].reasons, ElementsAre(Reason(ReasonCode::NotMeasured)));
  EXPECT_EQ(for_use(advice, Use::Latency).chosen.candidate, "c2");
}

TEST(excluded, nobody_of_an_invalid_run_is_recommended) {
  auto experiment = measured({1, 0.5});
  results::GroupStop stop;
  stop.group = "g0";
  stop.reason = "neighbours use 1.0 of 2 CPUs";
  stop.measurable = false;
  experiment.stops.push_back(stop);
  const auto advice = advice_on(experiment);
  EXPECT_EQ(advice.excluded.size(), 2u);
  EXPECT_THAT(advice.excluded.at(0).reasons, Contains(Reason("neighbours use 1.0 of 2 CPUs")));
  for (const auto& choice : advice.recommendations) {
    EXPECT_EQ(choice.chosen.candidate, "");
    EXPECT_EQ(choice.no_claim.code, ReasonCode::NobodyEligible);
  }
}

TEST(excluded, the_only_one_that_ran_in_an_invalid_run_is_not_recommended) {
  auto experiment = measured({1, 0.5});
  for (auto& set : experiment.load_sets) load_of(set, "c1").blocks.clear();
  results::GroupStop stop;
  stop.group = "g0";
  stop.reason = "neighbours use 1.0 of 2 CPUs";
  stop.measurable = false;
  experiment.stops.push_back(stop);
  const auto advice = advice_on(experiment);
  ASSERT_EQ(advice.excluded.size(), 2u);
  EXPECT_EQ(advice.excluded[0].candidate, "c0");
  EXPECT_THAT(advice.excluded[0].reasons, Contains(Reason("neighbours use 1.0 of 2 CPUs")));
}

TEST(excluded, who_waited_for_a_cpu_is_not_recommended_be_it_the_baseline) {
  const auto waits = [](const std::string& who) {
    auto experiment = measured({1, 0.5, 0.9});
    for (auto& spec : experiment.plan.groups[0].candidates) spec.configuration.threads = 2;
    for (auto& set : experiment.load_sets) {
      for (auto& block : load_of(set, who).blocks) block.run_delay_ns = block.wall_ns / 3;
    }
    return advice_on(experiment);
  };
  const auto rival = waits("c1");
  ASSERT_EQ(rival.excluded.size(), 1u);
  EXPECT_EQ(rival.excluded[0].candidate, "c1");
  EXPECT_THAT(rival.excluded[0].reasons, Contains(testing::Field(&Reason::code, ReasonCode::ThreadsWaited)));
  EXPECT_EQ(for_use(rival, Use::Latency).chosen.candidate, "c2");

  const auto baseline = waits("c0");
  EXPECT_EQ(baseline.excluded.size(), 3u);
  EXPECT_THAT(baseline.excluded.at(0).reasons, Contains(Reason(ReasonCode::NoComparisonHolds)));
}

TEST(alone, is_recommended_without_a_claim) {
  auto experiment = measured({1, 0.5});
  experiment.truth_checks[1].passed = false;
  for (const auto& choice : advice_on(experiment).recommendations) {
    EXPECT_EQ(choice.chosen.candidate, "c0");
    EXPECT_EQ(choice.runner_up.candidate, "");
    EXPECT_EQ(choice.basis, Basis::NoClaim);
    EXPECT_EQ(choice.no_claim.code, ReasonCode::NobodyElseEligible);
  }
}

TEST(without_a_baseline, rivals_are_named_but_nothing_is_claimed) {
  auto experiment = measured({1, 0.5, 0.9});
  for (auto& set : experiment.load_sets)
    std::erase_if(set.loads, [](const auto& load) { return load.candidate == "c0"; });
  experiment.outcomes.push_back({"c0", {results::OutcomeKind::Crashed, "load", "SIGABRT", "", ""}});
  const auto choice = choice_of(experiment, Use::Latency);
  EXPECT_EQ(choice.chosen.candidate, "c1");
  EXPECT_EQ(choice.basis, Basis::NoClaim);
  EXPECT_EQ(choice.no_claim.code, ReasonCode::NoCommonInterval);
}

TEST(advice, is_given_for_each_model_that_has_rivals) {
  auto experiment = measured({1, 0.5});
  results::Group alone;
  alone.id = "g9";
  alone.workload.model = "another";
  alone.baseline = "e0";
  alone.candidates.resize(1);
  alone.candidates[0].id = "e0";
  experiment.plan.groups.push_back(alone);
  EXPECT_THAT(advice_on(experiment).groups, testing::ElementsAre("g0"));
  EXPECT_THAT(advise(results::Experiment{}, analysis::Analysis{}), IsEmpty());
}

TEST(advice, has_a_rule_for_every_use) {
  for (const auto& choice : advice_on(measured({1, 0.5})).recommendations) {
    EXPECT_STRNE(to_text(choice.use), "");
    EXPECT_STRNE(rule(choice.use), "");
    EXPECT_STRNE(to_text(choice.measure), "");
  }
}

}  // namespace
}  // namespace inferometer::select
