#include "quantize/integers.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace inferometer::quantize {
namespace {

/// Of a range that is all zero: any scale will do but 0.
constexpr float kSmallestScale = 1e-12f;
constexpr float kMostSigned = 127;
constexpr float kMostUnsigned = 255;

float scale_for(float largest) { return std::max(largest / kMostSigned, kSmallestScale); }

std::int8_t rounded(float value, float scale) {
  return static_cast<std::int8_t>(std::clamp(std::nearbyint(value / scale), -kMostSigned, kMostSigned));
}

}  // namespace

SignedMatrix quantize_per_tensor(std::span<const float> values, MatrixShape shape) {
  INFEROMETER_CHECK(values.size() == shape.rows * shape.columns, "elements of a matrix");
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  SignedMatrix matrix{std::vector<std::int8_t>(values.size()), {scale_for(largest)}};
  for (std::size_t i = 0; i < values.size(); ++i)
    matrix.values[i] = rounded(values[i], matrix.scales.front());
  return matrix;
}

SignedMatrix quantize_per_column(std::span<const float> values, MatrixShape shape) {
  INFEROMETER_CHECK(values.size() == shape.rows * shape.columns, "elements of a matrix");
  SignedMatrix matrix{std::vector<std::int8_t>(values.size()), std::vector<float>(shape.columns, 0.0f)};
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& largest = matrix.scales[i % shape.columns];
    largest = std::max(largest, std::abs(values[i]));
  }
  for (auto& scale : matrix.scales) scale = scale_for(scale);
  for (std::size_t i = 0; i < values.size(); ++i)
    matrix.values[i] = rounded(values[i], matrix.scales[i % shape.columns]);
  return matrix;
}

SignedMatrix quantize_per_row(std::span<const float> values, MatrixShape shape) {
  INFEROMETER_CHECK(values.size() == shape.rows * shape.columns, "elements of a matrix");
  SignedMatrix matrix{{}, {}};
  matrix.values.reserve(values.size());
  for (std::size_t row = 0; row < shape.rows; ++row) {
    const auto one =
        quantize_per_tensor(values.subspan(row * shape.columns, shape.columns), {1, shape.columns});
    matrix.values.insert(matrix.values.end(), one.values.begin(), one.values.end());
    matrix.scales.push_back(one.scales.front());
  }
  return matrix;
}

UnsignedTable quantize_unsigned(std::span<const float> values) {
  float low = 0;
  float high = 0;
  for (const float value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  UnsignedTable table;
  table.scale = std::max((high - low) / kMostUnsigned, kSmallestScale);
  const float zero = std::clamp(std::nearbyint(-low / table.scale), 0.0f, kMostUnsigned);
  table.zero_point = static_cast<std::uint8_t>(zero);
  table.values.reserve(values.size());
  for (const float value : values) {
    const float moved = std::nearbyint(value / table.scale) + zero;
    table.values.push_back(static_cast<std::uint8_t>(std::clamp(moved, 0.0f, kMostUnsigned)));
  }
  return table;
}

std::vector<float> column_sums(const SignedMatrix& matrix, MatrixShape shape) {
  // At most 127 * rows: exact.
  std::vector<std::int64_t> sums(shape.columns, 0);
  for (std::size_t i = 0; i < matrix.values.size(); ++i) sums[i % shape.columns] += matrix.values[i];
  std::vector<float> real(shape.columns);
  for (std::size_t column = 0; column < shape.columns; ++column) {
    const float scale = matrix.scales.size() == 1 ? matrix.scales.front() : matrix.scales[column];
    real[column] = static_cast<float>(sums[column]) * scale;
  }
  return real;
}

std::vector<float> transposed(std::span<const float> values, MatrixShape shape) {
  INFEROMETER_CHECK(values.size() == shape.rows * shape.columns, "elements of a matrix");
  std::vector<float> result(values.size());
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t column = 0; column < shape.columns; ++column)
      result[column * shape.rows + row] = values[row * shape.columns + column];
  }
  return result;
}

}  // namespace inferometer::quantize
