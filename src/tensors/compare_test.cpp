#include "tensors/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace inferometer::tensors {
namespace {

Tensor floats(const std::string& name, Shape shape, const std::vector<float>& values) {
  Tensor tensor(name, DType::Float32, std::move(shape));
  std::ranges::copy(values, tensor.values<float>().begin());
  return tensor;
}

template <typename... T>
std::vector<Tensor> tensors(T&&... each) {
  std::vector<Tensor> all;
  (all.push_back(std::forward<T>(each)), ...);
  return all;
}

TEST(compare, equal_outputs_differ_by_nothing) {
  const auto reference = tensors(floats("a", {2}, {1, -2}), floats("b", {1}, {0}));
  const Difference difference = compare(reference, reference);
  EXPECT_EQ(difference.max_abs_error, 0);
  EXPECT_EQ(difference.max_rel_error, 0);
  EXPECT_DOUBLE_EQ(difference.cosine, 1);
  EXPECT_EQ(difference.worst, "a");
  EXPECT_EQ(difference.problem, "");
}

TEST(compare, the_error_is_relative_to_the_largest_reference_value_of_its_tensor) {
  const auto reference = tensors(floats("big", {2}, {100, 0.5F}), floats("small", {1}, {0.5F}));
  const auto outputs = tensors(floats("small", {1}, {0.25F}), floats("big", {2}, {100, 1.5F}));
  const Difference difference = compare(reference, outputs);
  EXPECT_EQ(difference.max_abs_error, 1);
  EXPECT_EQ(difference.max_rel_error, 0.5);
  EXPECT_EQ(difference.worst, "small");
}

TEST(compare, against_a_zero_reference_the_error_is_absolute_and_the_cosine_zero) {
  const Difference difference = compare(tensors(floats("a", {2}, {0, 0})), tensors(floats("a", {2}, {0, 3})));
  EXPECT_EQ(difference.max_rel_error, 3);
  EXPECT_EQ(difference.cosine, 0);
}

TEST(compare, the_cosine_is_that_of_the_flattened_tensor) {
  const Difference difference =
      compare(tensors(floats("a", {2, 1}, {3, 4})), tensors(floats("a", {2, 1}, {4, 3})));
  EXPECT_NEAR(difference.cosine, 24.0 / 25.0, 1e-12);
}

TEST(compare, not_a_number_is_named_with_its_position) {
  std::vector<float> values(9000, 1.0F);
  const auto reference = tensors(floats("logits", {2, 4500}, values));
  values[4500 + 7] = NAN;
  EXPECT_EQ(compare(reference, tensors(floats("logits", {2, 4500}, values))).problem,
            "NaN in logits at [1, 7]");
  values[4500 + 7] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(compare(reference, tensors(floats("logits", {2, 4500}, values))).problem,
            "infinite value in logits at [1, 7]");
}

TEST(compare, a_reference_that_is_no_number_is_distinguished_from_an_output_that_is_none) {
  EXPECT_EQ(compare(tensors(floats("a", {}, {NAN})), tensors(floats("a", {}, {1}))).problem,
            "NaN in the reference of a at []");
}

TEST(compare, a_missing_tensor_another_shape_and_another_kind_are_named) {
  const auto reference = tensors(floats("a", {1, 2}, {1, 2}));
  EXPECT_EQ(compare(reference, tensors(floats("b", {1, 2}, {1, 2}))).problem, "a is missing");
  EXPECT_EQ(compare(reference, tensors(floats("a", {2, 1}, {1, 2}))).problem,
            "a has shape [2, 1] instead of [1, 2]");
  EXPECT_EQ(compare(reference, tensors(Tensor("a", DType::Int32, {1, 2}))).problem,
            "a is int32 instead of float32");
  EXPECT_EQ(compare({}, {}).problem, "the reference holds no tensors");
}

TEST(compare, half_precision_outputs_are_held_against_a_float32_reference_by_value) {
  Tensor half("a", DType::Float16, {1});
  half.values<std::uint16_t>()[0] = 0x3C00;
  const Difference difference = compare(tensors(floats("a", {1}, {2})), tensors(std::move(half)));
  EXPECT_EQ(difference.problem, "");
  EXPECT_EQ(difference.max_rel_error, 0.5);
}

TEST(compare, a_flipped_bool_is_an_error_of_one) {
  Tensor yes("a", DType::Bool, {1});
  yes.values<std::uint8_t>()[0] = 1;
  EXPECT_EQ(compare(tensors(std::move(yes)), tensors(Tensor("a", DType::Bool, {1}))).max_abs_error, 1);
}

}  // namespace
}  // namespace inferometer::tensors
