#include "statistics/sign_sequence.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/random.h"
#include "statistics/moments.h"

namespace inferometer::statistics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(sign_sequence, ranks_equal_the_published_vectors_at_five_percent) {
  const std::vector<std::pair<int, int>> vectors = {{6, 0},    {7, 1},    {13, 2},    {20, 4},    {50, 14},
                                                    {100, 34}, {200, 76}, {500, 211}, {1000, 443}};
  for (const auto& [n, rank] : vectors) EXPECT_EQ(sign_sequence_rank(n, 0.05), rank) << n;
}

TEST(sign_sequence, ranks_equal_the_published_vectors_at_one_of_fifty_nine_comparisons) {
  const std::vector<std::pair<int, int>> vectors = {{12, 0},   {13, 1},   {20, 2},   {50, 11},
                                                    {100, 29}, {200, 69}, {500, 200}};
  for (const auto& [n, rank] : vectors) EXPECT_EQ(sign_sequence_rank(n, 0.05 / 59), rank) << n;
}

TEST(sign_sequence, the_smallest_bounded_counts_are_those_of_the_design) {
  EXPECT_EQ(smallest_bounded_count(0.05), 7);
  EXPECT_EQ(smallest_bounded_count(0.025), 8);
  EXPECT_EQ(smallest_bounded_count(0.01), 10);
  EXPECT_EQ(smallest_bounded_count(0.05 / 59), 13);
}

TEST(sign_sequence, evidence_of_seven_heads_in_a_row_is_what_the_hand_computes) {
  // 2^7 B(7.5, 0.5) / pi = 2^7 C(14, 7) / 4^7.
  EXPECT_NEAR(std::exp(log_sign_evidence(7, 7)), 128 * 3432.0 / 16384, 1e-10);
  EXPECT_NEAR(log_sign_evidence(0, 0), 0, 1e-14);
}

TEST(sign_sequence, evidence_sums_to_one_over_all_outcomes_of_fair_coins) {
  // An e-value has expectation 1 under the null: here sum C(10, s) / 2^10 E(s).
  double expectation = 0;
  double choose = 1;
  for (int s = 0; s <= 10; ++s) {
    expectation += choose / 1024 * std::exp(log_sign_evidence(10, s));
    choose = choose * (10 - s) / (s + 1);
  }
  EXPECT_NEAR(expectation, 1, 1e-12);
}

TEST(sign_sequence, six_values_are_unbounded_and_seven_give_their_extremes) {
  const std::vector<double> values = {3, -1, 4, 1, -5, 9, 2};
  const Interval six = sign_confidence_sequence(std::span(values).first(6), 0.05);
  EXPECT_EQ(six.low, -kInfinity);
  EXPECT_EQ(six.high, kInfinity);
  const Interval seven = sign_confidence_sequence(values, 0.05);
  EXPECT_EQ(seven.low, -5);
  EXPECT_EQ(seven.high, 9);
}

TEST(sign_sequence, values_equal_to_zero_are_no_evidence_against_zero) {
  std::vector<double> values(100, 0.0);
  std::fill(values.begin(), values.begin() + 40, 1.0);
  const Interval interval = sign_confidence_sequence(values, 0.05);
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 1);
}

// Fair coins, looked at after every round and stopped at the first exclusion of 0: Ville's inequality
// promises at most `level` alarms whatever the horizon.
TEST(sign_sequence, false_alarms_under_optional_stopping_stay_below_the_level) {
  constexpr int kTrials = 2000;
  constexpr double kLevel = 0.05;
  base::Random random(20, "false alarms");
  int alarms = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values;
    while (values.size() < 200) {
      values.push_back((random.below(2) == 0 ? -1 : 1) * random.uniform());
      const Interval interval = sign_confidence_sequence(values, kLevel);
      if (interval.low > 0 || interval.high < 0) {
        ++alarms;
        break;
      }
    }
  }
  const double three_deviations = 3 * std::sqrt(kTrials * kLevel * (1 - kLevel));
  EXPECT_LE(alarms, kTrials * kLevel + three_deviations);
  EXPECT_GE(alarms, 10) << "a test that never alarms shows nothing";
}

rc::Gen<std::vector<double>> values_up_to(int count) {
  return rc::gen::mapcat(rc::gen::inRange(1, count), [](int size) {
    return rc::gen::container<std::vector<double>>(
        static_cast<std::size_t>(size),
        rc::gen::map(rc::gen::inRange(-1000, 1000), [](int value) { return value / 8.0; }));
  });
}

rc::Gen<double> any_level() {
  return rc::gen::map(rc::gen::inRange(1, 500), [](int value) { return value / 1000.0; });
}

RC_GTEST_PROP(sign_sequence_property, the_interval_holds_the_median, ()) {
  const auto values = *values_up_to(300);
  const Interval interval = sign_confidence_sequence(values, *any_level());
  RC_ASSERT(interval.low <= median(values));
  RC_ASSERT(median(values) <= interval.high);
}

RC_GTEST_PROP(sign_sequence_property, a_smaller_level_gives_an_interval_that_holds_the_larger_one, ()) {
  const auto values = *values_up_to(300);
  const auto [strict, loose] = std::minmax({*any_level(), *any_level()});
  const Interval wide = sign_confidence_sequence(values, strict);
  const Interval narrow = sign_confidence_sequence(values, loose);
  RC_ASSERT(wide.low <= narrow.low);
  RC_ASSERT(narrow.high <= wide.high);
}

RC_GTEST_PROP(sign_sequence_property, the_order_of_values_does_not_matter, ()) {
  const auto values = *values_up_to(100);
  auto shuffled = values;
  base::Random(*rc::gen::arbitrary<std::uint64_t>(), "shuffle").shuffle(std::span<double>(shuffled));
  const Interval a = sign_confidence_sequence(values, 0.05);
  const Interval b = sign_confidence_sequence(shuffled, 0.05);
  RC_ASSERT(a.low == b.low && a.high == b.high);
}

RC_GTEST_PROP(sign_sequence_property, the_mirrored_values_give_the_mirrored_interval, ()) {
  const auto values = *values_up_to(200);
  auto mirrored = values;
  for (double& value : mirrored) value = -value;
  const Interval a = sign_confidence_sequence(values, 0.05);
  const Interval b = sign_confidence_sequence(mirrored, 0.05);
  RC_ASSERT(a.low == -b.high && a.high == -b.low);
}

RC_GTEST_PROP(sign_sequence_property, the_rank_counts_exactly_the_outcomes_with_enough_evidence, ()) {
  const auto n = *rc::gen::inRange<std::int64_t>(0, 400);
  const double level = *any_level();
  std::int64_t count = 0;
  while (2 * count < n && log_sign_evidence(n, count) >= -std::log(level)) ++count;
  RC_ASSERT(sign_sequence_rank(n, level) == count);
}

TEST(planning, follows_the_two_examples_of_the_rule) {
  EXPECT_NEAR(static_cast<double>(rounds_to_decide(0.5, 1, 0.05, 10'000).value()), 72, 3);
  EXPECT_NEAR(static_cast<double>(rounds_to_decide(-1, 1, 0.05, 10'000).value()), 19, 2);
}

TEST(planning, a_certain_effect_needs_the_smallest_bounded_count) {
  EXPECT_EQ(rounds_to_decide(1, 0, 0.05, 100), 7);
  EXPECT_EQ(rounds_to_decide(1, 0, 0.01, 100), 10);
}

TEST(planning, hopeless_cases_have_no_answer) {
  EXPECT_EQ(rounds_to_decide(0, 1, 0.05, 1'000'000), std::nullopt);
  EXPECT_EQ(rounds_to_decide(0, 0, 0.05, 1'000'000), std::nullopt);
  EXPECT_EQ(rounds_to_decide(0.001, 1, 0.05, 10'000), std::nullopt);
  EXPECT_EQ(rounds_to_decide(1, 0, 0.05, 6), std::nullopt);
}

RC_GTEST_PROP(planning_property, a_larger_effect_never_needs_more_rounds, ()) {
  const auto [small, large] = std::minmax({*rc::gen::inRange(1, 300), *rc::gen::inRange(1, 300)});
  const auto many = rounds_to_decide(small / 100.0, 1, 0.05, 10'000'000);
  const auto few = rounds_to_decide(large / 100.0, 1, 0.05, 10'000'000);
  RC_ASSERT(many.has_value() && few.has_value());
  RC_ASSERT(*few <= *many);
}

}  // namespace
}  // namespace inferometer::statistics
