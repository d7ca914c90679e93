#include "statistics/trend.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace inferometer::statistics {
namespace {

TEST(theil_sen, is_the_median_of_the_pairwise_slopes) {
  // Slopes of (0,0) (1,1) (2,5): 1, 2.5, 4.
  EXPECT_DOUBLE_EQ(theil_sen_slope(std::vector<double>{0, 1, 5}), 2.5);
  EXPECT_EQ(theil_sen_slope(std::vector<double>{7}), 0);
}

TEST(theil_sen, is_not_moved_by_one_wild_value) {
  std::vector<double> values;
  for (int i = 0; i < 51; ++i) values.push_back(3 * i);
  values[10] = 1e6;
  EXPECT_DOUBLE_EQ(theil_sen_slope(values), 3);
}

TEST(theil_sen, keeps_the_slope_per_value_when_many_are_condensed) {
  std::vector<double> values;
  for (int i = 0; i < 12'345; ++i) values.push_back(0.25 * i);
  EXPECT_NEAR(theil_sen_slope(values), 0.25, 1e-12);
}

TEST(trend, eight_rises_of_eight_pairs_have_the_p_value_of_eight_equal_coins) {
  std::vector<double> values;
  for (int i = 0; i < 16; ++i) values.push_back(i);
  EXPECT_NEAR(trend_p_value(values), 2.0 / 256, 1e-12);
}

TEST(trend, the_middle_of_an_odd_count_and_equal_pairs_are_left_out) {
  EXPECT_NEAR(trend_p_value(std::vector<double>{0, 0, 99, 0, 1}), 1, 1e-12);
  EXPECT_NEAR(trend_p_value(std::vector<double>{5, 5, 5, 1, 0, 5, 6, 6, 2}), 2.0 / 8, 1e-12);
}

TEST(trend, nothing_to_compare_is_no_trend) {
  EXPECT_EQ(trend_p_value(std::vector<double>{}), 1);
  EXPECT_EQ(trend_p_value(std::vector<double>{1}), 1);
  EXPECT_EQ(trend_p_value(std::vector<double>(100, 4.0)), 1);
}

TEST(trend, noise_without_trend_is_called_a_trend_as_rarely_as_promised) {
  base::Random random(3, "trend");
  int alarms = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    std::vector<double> values(60);
    for (double& value : values) value = random.normal();
    alarms += trend_p_value(values) < 0.1;
  }
  EXPECT_LE(alarms, 128);  // 100 and three standard deviations
}

TEST(direction_changes, of_a_straight_line_are_none) {
  EXPECT_EQ(direction_changes(std::vector<double>{1, 2, 3, 4, 5, 6, 7}), 0);
}

TEST(direction_changes, count_turns_of_medians_of_three) {
  // Medians of three: 2 3 3 2 1 1 4: up, level, down, down, level, up.
  EXPECT_EQ(direction_changes(std::vector<double>{1, 2, 3, 4, 2, 1, 1, 4, 5}), 2);
}

TEST(direction_changes, a_single_spike_is_no_change_of_direction) {
  EXPECT_EQ(direction_changes(std::vector<double>{1, 2, 3, 99, 4, 5, 6}), 0);
}

}  // namespace
}  // namespace inferometer::statistics
