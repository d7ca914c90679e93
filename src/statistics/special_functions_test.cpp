#include "statistics/special_functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace inferometer::statistics {
namespace {

TEST(incomplete_beta, agrees_with_the_polynomial_of_two_two) {
  for (double x = 0; x <= 1; x += 0.125) {
    EXPECT_NEAR(incomplete_beta(2, 2, x), 3 * x * x - 2 * x * x * x, 1e-14) << x;
  }
}

TEST(incomplete_beta, agrees_with_the_closed_forms_of_a_parameter_one) {
  EXPECT_NEAR(incomplete_beta(1, 7, 0.1), 1 - std::pow(0.9, 7), 1e-14);
  EXPECT_NEAR(incomplete_beta(7, 1, 0.9), std::pow(0.9, 7), 1e-14);
}

TEST(incomplete_beta, is_one_half_in_the_middle_of_large_equal_parameters) {
  EXPECT_NEAR(incomplete_beta(200'000, 200'000, 0.5), 0.5, 1e-9);
}

TEST(incomplete_beta, is_the_tail_of_the_binomial) {
  // P(at least 8 of 10 fair coins) = (45 + 10 + 1) / 1024.
  EXPECT_NEAR(incomplete_beta(8, 3, 0.5), 56.0 / 1024, 1e-14);
}

TEST(log_beta, of_two_halves_is_the_logarithm_of_pi) {
  EXPECT_NEAR(log_beta(0.5, 0.5), std::log(std::numbers::pi), 1e-14);
}

}  // namespace
}  // namespace inferometer::statistics
