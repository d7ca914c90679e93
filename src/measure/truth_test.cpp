#include "measure/truth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace inferometer::measure {
namespace {

using tensors::Tensor;
using testing::HasSubstr;

Tensor output(const std::vector<float>& values) {
  Tensor tensor("y", tensors::DType::Float32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.values<float>().begin());
  return tensor;
}

TruthOutputs outputs(const std::vector<std::vector<float>>& sets) {
  TruthOutputs outputs;
  for (const auto& values : sets) outputs.sets.emplace_back().push_back(output(values));
  return outputs;
}

results::CandidateSpec spec(const std::string& precision = "float32",
                            const std::string& variant = "onnx/float32") {
  results::CandidateSpec spec;
  spec.id = "c1";
  spec.configuration.precision = precision;
  spec.configuration.variant = variant;
  return spec;
}

TEST(judge, errors_are_shares_of_the_largest_reference_value) {
  const auto check = judge(spec(), outputs({{1, -4}}), outputs({{1.002F, -4}}));
  EXPECT_NEAR(check.max_abs_error, 0.002, 1e-6);
  EXPECT_NEAR(check.max_rel_error, 0.0005, 1e-6);
  EXPECT_TRUE(check.passed);
  EXPECT_TRUE(check.verified);
  EXPECT_EQ(check.reason, "");
}

TEST(judge, an_error_beyond_the_tolerance_is_told_with_both_numbers) {
  const auto check = judge(spec(), outputs({{1, -4}}), outputs({{1.008F, -4}}));
  EXPECT_FALSE(check.passed);
  EXPECT_THAT(check.reason, HasSubstr("error 0.002 of the largest value, allowed 0.001"));
}

TEST(judge, an_output_that_ignores_its_input_is_found_by_the_second_set) {
  const auto check = judge(spec(), outputs({{1, 2}, {3, 1}}), outputs({{1, 2}, {1, 2}}));
  EXPECT_FALSE(check.passed);
}

TEST(judge, the_worst_of_all_sets_counts) {
  const auto check = judge(spec(), outputs({{1}, {1}}), outputs({{1.5F}, {1}}));
  EXPECT_NEAR(check.max_rel_error, 0.5, 1e-6);
  EXPECT_FALSE(check.passed);
}

TEST(judge, nan_and_infinity_never_pass_with_or_without_a_reference) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    EXPECT_FALSE(judge(spec(), outputs({{1, 2}}), outputs({{1, bad}})).passed);
    TruthOutputs none;
    none.failure = "no float32 parent";
    EXPECT_FALSE(judge(spec(), none, outputs({{1, bad}})).passed);
  }
}

TEST(judge, a_missing_output_or_another_shape_does_not_pass) {
  EXPECT_FALSE(judge(spec(), outputs({{1, 2}}), outputs({{1, 2, 3}})).passed);
  auto nothing = outputs({{1, 2}});
  nothing.sets[0].clear();
  EXPECT_FALSE(judge(spec(), outputs({{1, 2}}), nothing).passed);
}

TEST(judge, without_a_reference_it_is_unverified_and_says_why) {
  TruthOutputs none;
  none.failure = "the artefact has no float32 parent";
  const auto check = judge(spec(), none, outputs({{1, 2}}));
  EXPECT_FALSE(check.verified);
  EXPECT_EQ(check.reason, "unverified: the artefact has no float32 parent");
}

TEST(tolerance, grows_with_what_the_computation_rounds_away) {
  EXPECT_LT(tolerance("float32", "onnx/float32"), tolerance("float16", "onnx/float32"));
  EXPECT_LT(tolerance("float16", "onnx/float32"), tolerance("bfloat16", "onnx/float32"));
  EXPECT_LT(tolerance("bfloat16", "onnx/float32"), tolerance("float32", "onnx/int8-dynamic"));
}

}  // namespace
}  // namespace inferometer::measure
