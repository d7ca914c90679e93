#include "tensors/tensor.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/error.h"
#include "tensors/half.h"

namespace inferometer::tensors {
namespace {

TEST(tensor, a_new_one_is_zero_and_aligned_for_engines) {
  const Tensor tensor("x", DType::Float32, {3, 5});
  EXPECT_EQ(tensor.elements(), 15);
  EXPECT_EQ(tensor.bytes().size(), 60u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.bytes().data()) % 64, 0u);
  for (const float value : tensor.values<float>()) EXPECT_EQ(value, 0.0F);
}

TEST(tensor, no_dimensions_are_one_element_and_a_zero_dimension_is_none) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(Tensor("x", DType::Int64, {4, 0}).elements(), 0);
  EXPECT_EQ(element_count({INT64_MAX, INT64_MAX, 0}), 0);
}

TEST(tensor, a_negative_dimension_and_a_product_that_wraps_are_refused) {
  EXPECT_THROW(element_count({2, -1}), base::UserError);
  EXPECT_THROW(element_count({std::int64_t{1} << 32, std::int64_t{1} << 32}), base::UserError);
  EXPECT_THROW(Tensor("x", DType::Float64, {INT64_MAX}), base::UserError);
}

TEST(tensor, a_clone_has_its_own_bytes) {
  Tensor tensor("x", DType::Int32, {2});
  tensor.values<std::int32_t>()[1] = 7;
  const Tensor copy = tensor.clone();
  tensor.values<std::int32_t>()[1] = 8;
  EXPECT_EQ(copy.values<std::int32_t>()[1], 7);
  EXPECT_EQ(copy.name(), "x");
}

TEST(tensor, values_of_another_size_than_the_element_type_are_our_defect) {
  Tensor tensor("x", DType::Float16, {2});
  EXPECT_THROW(tensor.values<float>(), base::InternalError);
}

TEST(tensor, every_element_type_has_a_name_that_leads_back_to_it) {
  for (int type = 0; type <= static_cast<int>(DType::Float64); ++type) {
    EXPECT_EQ(dtype_from_text(to_text(static_cast<DType>(type))), static_cast<DType>(type));
  }
}

TEST(tensor, a_wrong_element_type_is_answered_with_the_nearest) {
  try {
    dtype_from_text("flaot32");
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'float32'?"), std::string::npos);
  }
}

TEST(tensor, sixteen_bit_and_unsigned_elements_widen_to_their_value) {
  Tensor half("h", DType::Float16, {2});
  half.values<std::uint16_t>()[0] = 0x3C00;
  half.values<std::uint16_t>()[1] = 0xC500;
  EXPECT_EQ(half.to_doubles(), (std::vector<double>{1, -5}));
  Tensor brain("b", DType::BFloat16, {1});
  brain.values<std::uint16_t>()[0] = 0x4049;
  EXPECT_EQ(brain.to_doubles()[0], 3.140625);
  Tensor big("u", DType::Uint64, {1});
  big.values<std::uint64_t>()[0] = UINT64_MAX;
  EXPECT_EQ(big.to_doubles()[0], 0x1.0p64);
  Tensor small("i", DType::Int8, {1});
  small.values<std::int8_t>()[0] = -3;
  EXPECT_EQ(small.to_doubles()[0], -3);
}

TEST(half, known_values_of_the_standard) {
  EXPECT_EQ(float16_to_float(0x0001), 0x1.0p-24F);
  EXPECT_EQ(float16_to_float(0x7BFF), 65504.0F);
  EXPECT_TRUE(std::isinf(float16_to_float(0xFC00)));
  EXPECT_TRUE(std::isnan(float16_to_float(0x7E00)));
  EXPECT_EQ(float_to_float16(65519.9F), 0x7BFF);
  EXPECT_EQ(float_to_float16(65520.0F), 0x7C00);
  EXPECT_EQ(float_to_float16(0x1.0p-25F), 0x0000);  // a tie, to even
  EXPECT_EQ(float_to_float16(0x1.8p-24F), 0x0002);
  EXPECT_EQ(float_to_bfloat16(3.1415927F), 0x4049);
  EXPECT_EQ(float_to_bfloat16(std::numeric_limits<float>::max()), 0x7F80);
}

TEST(half, all_numbers_of_both_formats_survive_the_way_to_float_and_back) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if (!std::isnan(float16_to_float(half))) {
      EXPECT_EQ(float_to_float16(float16_to_float(half)), half);
    }
    if (!std::isnan(bfloat16_to_float(half))) {
      EXPECT_EQ(float_to_bfloat16(bfloat16_to_float(half)), half);
    }
  }
}

TEST(half, rounding_picks_a_neighbour_that_is_not_farther_than_the_other) {
  EXPECT_TRUE(rc::check([] {
    const float value = std::bit_cast<float>(*rc::gen::arbitrary<std::uint32_t>());
    RC_PRE(std::isfinite(value) && std::fabs(value) < 65504.0F);
    const std::uint16_t rounded = float_to_float16(value);
    const auto distance = [&](std::uint16_t bits) {
      return std::fabs(static_cast<double>(float16_to_float(bits)) - value);
    };
    RC_ASSERT(distance(rounded) <= distance(static_cast<std::uint16_t>(rounded + 1)));
    if ((rounded & 0x7FFF) != 0)
      RC_ASSERT(distance(rounded) <= distance(static_cast<std::uint16_t>(rounded - 1)));
  }));
}

}  // namespace
}  // namespace inferometer::tensors
