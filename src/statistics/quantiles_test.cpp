#include "statistics/quantiles.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "statistics/moments.h"

namespace inferometer::statistics {
namespace {

const std::vector<double> kNothing;

TEST(moments, of_nothing_are_not_numbers) {
  EXPECT_TRUE(std::isnan(mean(kNothing)));
  EXPECT_TRUE(std::isnan(median(kNothing)));
  EXPECT_TRUE(std::isnan(robust_deviation(kNothing)));
  EXPECT_TRUE(std::isnan(quantile_type7(kNothing, 0.5)));
  EXPECT_TRUE(std::isnan(quantile_harrell_davis(kNothing, 0.5)));
  EXPECT_TRUE(std::isnan(standard_deviation(std::vector<double>{1})));
}

TEST(moments, of_a_few_numbers_are_what_the_hand_computes) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(mean(values), 5);
  EXPECT_DOUBLE_EQ(standard_deviation(values), std::sqrt(32.0 / 7));
  EXPECT_DOUBLE_EQ(median(values), 4.5);
  // Distances from 4.5: 2.5 .5 .5 .5 .5 .5 2.5 4.5.
  EXPECT_DOUBLE_EQ(robust_deviation(values), 1.4826 * 0.5);
}

TEST(moments, a_large_mean_does_not_swallow_a_small_deviation) {
  EXPECT_NEAR(standard_deviation(std::vector<double>{1e9, 1e9 + 10, 1e9 + 20}), 10, 1e-6);
}

TEST(moments, one_wild_value_moves_the_deviation_but_not_its_robust_twin) {
  const std::vector<double> values = {1, 2, 3, 4, 1000};
  EXPECT_GT(standard_deviation(values), 400);
  EXPECT_DOUBLE_EQ(robust_deviation(values), 1.4826);
}

TEST(type7, interpolates_between_neighbours_as_numpy_does) {
  const std::vector<double> values = {40, 10, 30, 20};
  EXPECT_DOUBLE_EQ(quantile_type7(values, 0), 10);
  EXPECT_DOUBLE_EQ(quantile_type7(values, 0.25), 17.5);
  EXPECT_DOUBLE_EQ(quantile_type7(values, 0.5), 25);
  EXPECT_DOUBLE_EQ(quantile_type7(values, 0.99), 39.7);
  EXPECT_DOUBLE_EQ(quantile_type7(values, 1), 40);
}

TEST(harrell_davis, weighs_three_values_by_seven_thirteen_seven_of_twenty_seven) {
  // The median's weights are differences of I_x(2, 2) = 3x^2 - 2x^3 at x = 0, 1/3, 2/3, 1.
  EXPECT_NEAR(quantile_harrell_davis(std::vector<double>{0, 27, 0}, 0.5), 7, 1e-12);
  EXPECT_NEAR(quantile_harrell_davis(std::vector<double>{0, 1, 27}, 0.5), 13.0 / 27 + 7, 1e-12);
}

TEST(harrell_davis, of_one_value_is_that_value) {
  EXPECT_NEAR(quantile_harrell_davis(std::vector<double>{3}, 0.95), 3, 1e-12);
}

TEST(harrell_davis, of_a_large_sample_is_near_the_plain_quantile) {
  std::vector<double> values(200'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  for (const double p : {0.5, 0.9, 0.95}) {
    EXPECT_NEAR(quantile_harrell_davis(values, p), quantile_type7(values, p), 1.0) << p;
  }
}

TEST(samples_needed, are_the_counts_of_the_guide) {
  EXPECT_EQ(samples_needed(0.9), 36);
  EXPECT_EQ(samples_needed(0.95), 72);
  EXPECT_EQ(samples_needed(0.99), 368);
  EXPECT_EQ(samples_needed(0.999), 3688);
}

rc::Gen<std::vector<double>> some_values() {
  return rc::gen::nonEmpty(rc::gen::container<std::vector<double>>(
      rc::gen::map(rc::gen::inRange(-100'000, 100'000), [](int value) { return value / 16.0; })));
}

rc::Gen<double> any_probability() {
  return rc::gen::map(rc::gen::inRange(1, 1000), [](int value) { return value / 1000.0; });
}

RC_GTEST_PROP(quantile_property, both_kinds_grow_with_p_and_stay_within_the_extremes, ()) {
  const auto values = *some_values();
  const auto [low, high] = std::minmax({*any_probability(), *any_probability()});
  const double slack = 1e-8;
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  for (const auto quantile : {quantile_type7, quantile_harrell_davis}) {
    RC_ASSERT(quantile(values, low) <= quantile(values, high) + slack);
    RC_ASSERT(*smallest <= quantile(values, low) + slack);
    RC_ASSERT(quantile(values, high) <= *largest + slack);
  }
}

RC_GTEST_PROP(quantile_property, the_order_of_values_does_not_matter, ()) {
  const auto values = *some_values();
  auto shuffled = values;
  base::Random(*rc::gen::arbitrary<std::uint64_t>(), "shuffle").shuffle(std::span<double>(shuffled));
  const double p = *any_probability();
  RC_ASSERT(quantile_type7(values, p) == quantile_type7(shuffled, p));
  RC_ASSERT(quantile_harrell_davis(values, p) == quantile_harrell_davis(shuffled, p));
  RC_ASSERT(median(values) == median(shuffled));
  RC_ASSERT(robust_deviation(values) == robust_deviation(shuffled));
}

RC_GTEST_PROP(quantile_property, the_median_is_the_plain_quantile_at_one_half, ()) {
  const auto values = *some_values();
  RC_ASSERT(std::fabs(median(values) - quantile_type7(values, 0.5)) < 1e-9);
}

}  // namespace
}  // namespace inferometer::statistics
