#include "tensors/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace inferometer::tensors {
namespace {

enum class Kind { Floating, Integer, Boolean };

Kind kind(DType type) {
  switch (type) {
    case DType::Float16:
    case DType::BFloat16:
    case DType::Float32:
    case DType::Float64:
      return Kind::Floating;
    case DType::Bool:
      return Kind::Boolean;
    default:
      return Kind::Integer;
  }
}

/// "[0, 7]": the position of element `flat` of an array of that shape.
std::string position(std::size_t flat, const Shape& shape) {
  Shape indices(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const auto dimension = static_cast<std::size_t>(shape[axis]);
    indices[axis] = static_cast<std::int64_t>(flat % dimension);
    flat /= dimension;
  }
  return to_text(indices);
}

/// The sums that the measures of one tensor need.
struct Sums {
  double max_abs_error = 0;
  double max_abs_reference = 0;
  double product = 0;
  double reference_squared = 0;
  double output_squared = 0;
  std::string problem;

  double relative_error() const {
    return max_abs_reference > 0 ? max_abs_error / max_abs_reference : max_abs_error;
  }
  double cosine() const {
    if (reference_squared == 0 && output_squared == 0) return 1;
    if (reference_squared == 0 || output_squared == 0) return 0;
    return std::clamp(product / (std::sqrt(reference_squared) * std::sqrt(output_squared)), -1.0, 1.0);
  }
};

std::string not_finite(double value, const std::string& where, const std::string& at) {
  return fmt::format("{} in {} at {}", std::isnan(value) ? "NaN" : "infinite value", where, at);
}

Sums compare_values(const Tensor& reference, const Tensor& output) {
  constexpr std::size_t kChunk = 4096;  // bounds our memory, whatever the size of the outputs
  std::array<double, kChunk> expected{};
  std::array<double, kChunk> found{};
  Sums sums;
  const auto count = static_cast<std::size_t>(reference.elements());
  for (std::size_t begin = 0; begin < count; begin += kChunk) {
    const std::size_t size = std::min(kChunk, count - begin);
    reference.widen(begin, std::span(expected).first(size));
    output.widen(begin, std::span(found).first(size));
    for (std::size_t i = 0; i < size; ++i) {
      const std::string& name = output.name();
      if (!std::isfinite(found[i])) {
        sums.problem = not_finite(found[i], name, position(begin + i, output.shape()));
        return sums;
      }
      if (!std::isfinite(expected[i])) {
        sums.problem =
            not_finite(expected[i], "the reference of " + name, position(begin + i, output.shape()));
        return sums;
      }
      sums.max_abs_error = std::max(sums.max_abs_error, std::fabs(found[i] - expected[i]));
      sums.max_abs_reference = std::max(sums.max_abs_reference, std::fabs(expected[i]));
      sums.product += found[i] * expected[i];
      sums.reference_squared += expected[i] * expected[i];
      sums.output_squared += found[i] * found[i];
    }
  }
  return sums;
}

Sums compare_one(const Tensor& reference, std::span<const Tensor> outputs) {
  Sums sums;
  const auto output = std::ranges::find(outputs, reference.name(), &Tensor::name);
  if (output == outputs.end()) {
    sums.problem = reference.name() + " is missing";
  } else if (output->shape() != reference.shape()) {
    sums.problem = fmt::format("{} has shape {} instead of {}", reference.name(), to_text(output->shape()),
                               to_text(reference.shape()));
  } else if (kind(output->type()) != kind(reference.type())) {
    sums.problem = fmt::format("{} is {} instead of {}", reference.name(), to_text(output->type()),
                               to_text(reference.type()));
  } else {
    sums = compare_values(reference, *output);
  }
  return sums;
}

}  // namespace

Difference compare(std::span<const Tensor> reference, std::span<const Tensor> outputs) {
  Difference difference;
  if (reference.empty()) difference.problem = "the reference holds no tensors";
  for (const Tensor& expected : reference) {
    const Sums sums = compare_one(expected, outputs);
    if (!sums.problem.empty()) {
      if (difference.problem.empty()) difference.problem = sums.problem;
      continue;
    }
    difference.max_abs_error = std::max(difference.max_abs_error, sums.max_abs_error);
    difference.cosine = std::min(difference.cosine, sums.cosine());
    if (difference.worst.empty() || sums.relative_error() > difference.max_rel_error) {
      difference.max_rel_error = sums.relative_error();
      difference.worst = expected.name();
    }
  }
  return difference;
}

}  // namespace inferometer::tensors
