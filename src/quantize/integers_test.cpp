#include "quantize/integers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace inferometer::quantize {
namespace {

struct Case {
  MatrixShape shape;
  std::vector<float> values;
};

/// Shapes and magnitudes at random; some columns, rows and whole matrices are zero or huge.
std::vector<Case> cases() {
  base::Random random(11, "matrices");
  std::vector<Case> all;
  for (int i = 0; i < 200; ++i) {
    Case one{{1 + random.below(9), 1 + random.below(9)}, {}};
    const double magnitude = std::pow(10.0, random.uniform() * 30 - 15);
    const auto quiet = random.below(12);
    for (std::size_t at = 0; at < one.shape.rows * one.shape.columns; ++at) {
      const bool silent = at % one.shape.columns == quiet || at / one.shape.columns == quiet || quiet == 11;
      one.values.push_back(silent ? 0.0f : static_cast<float>((random.uniform() - 0.5) * magnitude));
    }
    all.push_back(std::move(one));
  }
  return all;
}

/// Every element comes back within half a step of its scale, zeros as zeros, and nothing is -128.
void expect_near(const Case& one, const SignedMatrix& matrix, auto scale_index) {
  ASSERT_EQ(matrix.values.size(), one.values.size());
  for (std::size_t i = 0; i < one.values.size(); ++i) {
    const double scale = matrix.scales[scale_index(i)];
    const double back = scale * matrix.values[i];
    EXPECT_LE(std::abs(back - one.values[i]), scale * 0.5001) << i;
    EXPECT_GE(matrix.values[i], -127);
    EXPECT_TRUE(one.values[i] != 0 || matrix.values[i] == 0);
  }
}

TEST(integers, signed_matrices_come_back_within_half_a_step) {
  for (const auto& one : cases()) {
    const auto columns = one.shape.columns;
    expect_near(one, quantize_per_tensor(one.values, one.shape), [](std::size_t) { return 0u; });
    expect_near(one, quantize_per_column(one.values, one.shape), [&](std::size_t i) { return i % columns; });
    expect_near(one, quantize_per_row(one.values, one.shape), [&](std::size_t i) { return i / columns; });
  }
}

TEST(integers, one_wide_column_costs_the_others_nothing_by_column) {
  const std::vector<float> values = {1000, 0.5f, -1000, 0.25f};
  const auto by_column = quantize_per_column(values, {2, 2});
  EXPECT_EQ(by_column.values, (std::vector<std::int8_t>{127, 127, -127, 64}));
  EXPECT_EQ(quantize_per_tensor(values, {2, 2}).values, (std::vector<std::int8_t>{127, 0, -127, 0}));
}

TEST(integers, unsigned_tables_hold_zero_exactly_and_the_rest_within_a_step) {
  for (const auto& one : cases()) {
    const auto table = quantize_unsigned(one.values);
    for (std::size_t i = 0; i < one.values.size(); ++i) {
      const double back = static_cast<double>(table.scale) * (table.values[i] - table.zero_point);
      // Half a step of the value, half a step of the zero point.
      EXPECT_LE(std::abs(back - one.values[i]), table.scale * 1.001);
      EXPECT_TRUE(one.values[i] != 0 || table.values[i] == table.zero_point);
    }
  }
}

TEST(integers, column_sums_are_those_of_the_real_numbers_that_are_stored) {
  for (const auto& one : cases()) {
    const auto matrix = quantize_per_column(one.values, one.shape);
    const auto sums = column_sums(matrix, one.shape);
    for (std::size_t column = 0; column < one.shape.columns; ++column) {
      double expected = 0;
      for (std::size_t row = 0; row < one.shape.rows; ++row)
        expected +=
            static_cast<double>(matrix.scales[column]) * matrix.values[row * one.shape.columns + column];
      EXPECT_NEAR(sums[column], expected, std::abs(expected) * 1e-5);
    }
  }
}

TEST(integers, transposing_twice_changes_nothing) {
  for (const auto& one : cases())
    EXPECT_EQ(transposed(transposed(one.values, one.shape), {one.shape.columns, one.shape.rows}), one.values);
}

}  // namespace
}  // namespace inferometer::quantize
