#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/experiment_fixture.h"

namespace inferometer::analysis {
namespace {

using results::Mode;
using results::ReasonCode;
using results::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

results::Experiment quiet(Mode mode = Mode::Standard) {
  auto experiment = experiment_of(mode);
  add_load_sets(experiment, 8, 8, rival_at(0.7));
  return experiment;
}

Trust trust_of(const results::Experiment& experiment) { return analyse_only_group(experiment).trust; }

void delay(results::Experiment& experiment, const std::string& candidate, double share) {
  for (auto& set : experiment.load_sets) {
    for (auto& block : load_of(set, candidate).blocks) {
      block.run_delay_ns = static_cast<std::int64_t>(share * static_cast<double>(block.wall_ns));
    }
  }
}

/// One reason; its value to a thousandth, without one NaN.
void expect(const results::Experiment& experiment, Grade grade, ReasonCode code, double value = kNone) {
  const auto trust = trust_of(experiment);
  EXPECT_STREQ(to_text(trust.grade), to_text(grade));
  ASSERT_EQ(trust.reasons.size(), 1u);
  EXPECT_STREQ(results::to_text(trust.reasons[0].code), results::to_text(code));
  EXPECT_EQ(std::isnan(trust.reasons[0].value), std::isnan(value));
  if (!std::isnan(value)) {
    EXPECT_NEAR(trust.reasons[0].value, value, 0.001);
  }
}

TEST(trust, of_a_quiet_run_is_a_without_reasons) {
  EXPECT_EQ(trust_of(quiet()).grade, Grade::A);
  EXPECT_THAT(trust_of(quiet()).reasons, IsEmpty());
}

TEST(trust, falls_with_the_wait_for_a_cpu) {
  auto experiment = quiet();
  delay(experiment, "c1", 0.009);
  EXPECT_EQ(trust_of(experiment).grade, Grade::A);
  delay(experiment, "c1", 0.032);
  expect(experiment, Grade::B, ReasonCode::WaitedForCpu, 0.032);
  delay(experiment, "c0", 0.06);
  delay(experiment, "c1", 0.06);
  EXPECT_EQ(trust_of(experiment).grade, Grade::C);
  EXPECT_EQ(trust_of(experiment).reasons.size(), 2u);
}

TEST(trust, allows_several_threads_to_wait_up_to_five_percent) {
  auto experiment = quiet();
  for (auto& spec : experiment.plan.groups[0].candidates) spec.configuration.threads = 2;
  delay(experiment, "c1", 0.04);
  EXPECT_EQ(trust_of(experiment).grade, Grade::A);
  delay(experiment, "c1", 0.051);
  EXPECT_EQ(trust_of(experiment).grade, Grade::C);
}

TEST(trust, falls_with_steal) {
  auto experiment = quiet();
  for (auto& set : experiment.load_sets) set.steal = 0.008;
  expect(experiment, Grade::B, ReasonCode::Steal, 0.008);
  for (auto& set : experiment.load_sets) set.steal = 0.03;
  expect(experiment, Grade::C, ReasonCode::Steal, 0.03);
}

TEST(trust, falls_with_what_other_processes_use) {
  auto experiment = quiet();
  const auto with_others = [&](double cpus) {
    for (auto& set : experiment.load_sets) set.others_cpus = cpus;
    return trust_of(experiment).grade;
  };
  EXPECT_EQ(with_others(0.19), Grade::A);
  EXPECT_EQ(with_others(0.7), Grade::B);
  EXPECT_EQ(with_others(1.0), Grade::C) << "a busy neighbour fills the only other CPU";
  expect(experiment, Grade::C, ReasonCode::OtherProcesses, 1);
  experiment.environment.cpus = 8;
  EXPECT_EQ(with_others(1.0), Grade::B);
  for (auto& set : experiment.load_sets) {
    for (auto& load : set.loads) load.effective.threads = 8;
  }
  EXPECT_EQ(with_others(1.0), Grade::C) << "our own threads need all CPUs";
  EXPECT_EQ(with_others(0.4), Grade::B);
}

TEST(trust, falls_with_major_faults) {
  auto experiment = quiet();
  load_of(experiment.load_sets[1], "c1").blocks[2].major_faults = 3;
  expect(experiment, Grade::B, ReasonCode::PageFaults, 3);
}

TEST(trust, falls_when_more_than_one_round_of_twenty_was_disturbed) {
  auto experiment = quiet();
  for (std::size_t set = 0; set < 3; ++set)
    load_of(experiment.load_sets[set], "c0").blocks[0].disturbed = "swap";
  EXPECT_EQ(trust_of(experiment).grade, Grade::A) << "3 of 64";
  load_of(experiment.load_sets[5], "c1").blocks[0].disturbed = "swap";
  expect(experiment, Grade::B, ReasonCode::DisturbedRounds, 4);
}

TEST(trust, falls_when_a_load_did_not_become_steady) {
  auto experiment = quiet();
  load_of(experiment.load_sets[3], "c1").steady = false;
  expect(experiment, Grade::B, ReasonCode::NotSteady, 1);
}

TEST(trust, falls_when_the_baseline_was_not_held_against_itself) {
  auto experiment = quiet(Mode::Quick);
  for (auto& set : experiment.load_sets) {
    std::erase_if(set.loads, [](const results::Load& load) { return load.role == Role::SecondLabel; });
  }
  expect(experiment, Grade::B, ReasonCode::NotComparedWithItself);
}

TEST(trust, falls_when_the_comparison_with_itself_is_too_short_or_too_wide) {
  auto short_run = experiment_of(Mode::Quick);
  add_load_set(short_run, 9, rival_at(0.7));
  expect(short_run, Grade::B, ReasonCode::NoiseNotBounded, 9);
  auto noisy = experiment_of(Mode::Quick);
  add_load_set(noisy, 40, [](const std::string& candidate, Role role, int round) {
    return 1e6 * (role == Role::SecondLabel ? 1 + 0.06 * (round % 2) : 1.03) * (candidate == "c0" ? 1 : 0.5);
  });
  expect(noisy, Grade::B, ReasonCode::NoiseWide, 0.029);
}

TEST(trust, is_invalid_when_nothing_was_measured) {
  const auto trust = trust_of(experiment_of(Mode::Quick));
  EXPECT_EQ(trust.grade, Grade::Invalid);
  EXPECT_THAT(trust.reasons, ElementsAre(results::Reason(ReasonCode::NoUndisturbedRound)));
}

// Sets of ten rounds, in `differing` of which the second process is 3 % slower.
results::Experiment with_second_process(int sets, int differing) {
  auto experiment = experiment_of(Mode::Standard);
  const auto good = rival_at(0.7);
  for (int set = 0; set < sets; ++set) {
    add_load_set(experiment, 10, [&](const std::string& candidate, Role role, int round) {
      const bool shifted = role == Role::SecondProcess && set < differing;
      return good(candidate, role, round) * (shifted ? 1.03 : 1);
    });
  }
  return experiment;
}

TEST(trust, falls_when_second_processes_differ_within_their_load_sets) {
  expect(with_second_process(8, 1), Grade::B, ReasonCode::SecondProcessDiffers, 1);
  expect(with_second_process(8, 3), Grade::C, ReasonCode::SecondProcessDiffers, 3);
}

TEST(trust, is_c_when_processes_differ_across_loads_but_nothing_is_claimed_across_loads) {
  auto experiment = with_second_process(10, 10);
  // At level 1e-6 ten loads are too few for a claim, so the verdict is about these loads.
  experiment.plan.effort.level = 1e-6;
  const auto analysis = analyse_only_group(experiment);
  EXPECT_EQ(analysis.trust.grade, Grade::C);
  EXPECT_TRUE(analysis.comparisons[0].these_loads_only);
  EXPECT_EQ(analysis.comparisons[0].verdict, results::VerdictKind::Faster);
  EXPECT_EQ(analysis.comparisons[0].fresh_loads.verdict, results::VerdictKind::Invalid);
}

}  // namespace
}  // namespace inferometer::analysis
