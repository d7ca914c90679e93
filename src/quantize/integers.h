// Weights as 8-bit integers, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace inferometer::quantize {

/// Row-major [rows, columns].
struct MatrixShape {
  std::size_t rows = 0;
  std::size_t columns = 0;
};

/// Symmetric: real = scale * value, value in [-127, 127].
struct SignedMatrix {
  std::vector<std::int8_t> values;  ///< [rows, columns]
  std::vector<float> scales;        ///< one; or one a column; or one a row
};

/// One scale: largest |w| / 127. `values` holds shape.rows * shape.columns finite numbers.
SignedMatrix quantize_per_tensor(std::span<const float> values, MatrixShape shape);
/// The same of each column.
SignedMatrix quantize_per_column(std::span<const float> values, MatrixShape shape);
/// The same of each row.
SignedMatrix quantize_per_row(std::span<const float> values, MatrixShape shape);

/// real = scale * (value - zero_point); 0 is held exactly.
struct UnsignedTable {
  std::vector<std::uint8_t> values;
  float scale = 1;
  std::uint8_t zero_point = 0;
};
UnsignedTable quantize_unsigned(std::span<const float> values);

/// Sums of the columns of scale * value, for matrices with one scale or one a column: what a constant that is
/// added to every input adds to each output.
std::vector<float> column_sums(const SignedMatrix& matrix, MatrixShape shape);

/// [columns, rows] of a [rows, columns].
std::vector<float> transposed(std::span<const float> values, MatrixShape shape);

}  // namespace inferometer::quantize
