#include "evaluate/fidelity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace inferometer::evaluate {
namespace {

using tensors::Tensor;
using testing::HasSubstr;

Tensor output(const std::vector<float>& values) {
  Tensor tensor("y", tensors::DType::Float32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.values<float>().begin());
  return tensor;
}

results::CandidateSpec spec(const std::string& precision = "float32",
                            const std::string& variant = "onnx/float32") {
  results::CandidateSpec spec;
  spec.id = "c1";
  spec.configuration.precision = precision;
  spec.configuration.variant = variant;
  return spec;
}

results::TruthCheck judge(const results::CandidateSpec& spec, const SetOutputs& reference,
                          const SetOutputs& candidate, const std::string& scores = "logits") {
  return judge_fidelity(spec, &reference, candidate, scores);
}

results::TruthCheck judge_alone(const SetOutputs& candidate) {
  return judge_fidelity(spec(), nullptr, candidate, "logits");
}

SetOutputs outputs(const std::vector<std::vector<float>>& sets) {
  SetOutputs outputs;
  for (const auto& values : sets) outputs.emplace_back().push_back(output(values));
  return outputs;
}

TEST(judge, errors_are_shares_of_the_largest_reference_value) {
  const auto check = judge(spec(), outputs({{1, -4}}), outputs({{1.002F, -4}}));
  EXPECT_NEAR(check.max_abs_error, 0.002, 1e-6);
  EXPECT_NEAR(check.max_rel_error, 0.0005, 1e-6);
  EXPECT_TRUE(check.passed);
  EXPECT_TRUE(check.verified);
  EXPECT_EQ(check.reason, "");
}

TEST(judge, an_error_beyond_the_tolerance_is_reported_with_both_numbers) {
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
    EXPECT_FALSE(judge_alone(outputs({{1, bad}})).passed);
  }
}

TEST(judge, a_missing_output_or_another_shape_does_not_pass) {
  EXPECT_FALSE(judge(spec(), outputs({{1, 2}}), outputs({{1, 2, 3}})).passed);
  auto nothing = outputs({{1, 2}});
  nothing[0].clear();
  EXPECT_FALSE(judge(spec(), outputs({{1, 2}}), nothing).passed);
}

TEST(judge, without_a_reference_it_is_unverified) {
  const auto check = judge_alone(outputs({{1, 2}}));
  EXPECT_FALSE(check.verified);
  EXPECT_EQ(check.reason, "");
}

/// One input set whose outputs are rows of `classes` values each, under the names.
SetOutputs rows(const std::vector<std::string>& names, std::int64_t classes,
                const std::vector<float>& values) {
  SetOutputs outputs;
  auto& set = outputs.emplace_back();
  for (const auto& name : names) {
    Tensor tensor(name, tensors::DType::Float32,
                  {static_cast<std::int64_t>(values.size()) / classes, classes});
    std::copy(values.begin(), values.end(), tensor.values<float>().begin());
    set.push_back(std::move(tensor));
  }
  return outputs;
}

TEST(disagreement, is_the_share_of_items_that_get_another_class) {
  const std::vector<float> expected = {3, 1, 2, 0, 5, 1, 1, 2, 9, 8, 7, 0};
  const std::vector<float> found = {3, 1, 2, 0, 1, 5, 1, 2, 9, 8, 7, 0};
  const auto check = judge(spec(), rows({"logits"}, 3, expected), rows({"logits"}, 3, found));
  EXPECT_EQ(check.classified_items, 4);
  EXPECT_DOUBLE_EQ(check.disagreement, 0.25);
  EXPECT_FALSE(check.passed);
  EXPECT_DOUBLE_EQ(judge(spec(), rows({"logits"}, 3, expected), rows({"logits"}, 3, expected)).disagreement,
                   0);
}

TEST(disagreement, counts_every_position_of_every_input_set) {
  SetOutputs outputs;
  for (int set = 0; set < 2; ++set) {
    Tensor tokens("logits", tensors::DType::Float32, {1, 5, 2});
    outputs.emplace_back().push_back(std::move(tokens));
  }
  EXPECT_EQ(judge(spec(), outputs, outputs).classified_items, 10);
}

TEST(disagreement, is_that_of_the_output_that_holds_scores) {
  const std::vector<float> expected = {1, 0}, found = {0, 1};
  const auto of = [&](const std::vector<std::string>& names, const std::string& scores) {
    return judge(spec(), rows(names, 2, expected), rows(names, 2, found), scores).disagreement;
  };
  EXPECT_DOUBLE_EQ(of({"embedding", "Predictions/Reshape_1"}, "Predictions/Reshape_1"), 1);
  EXPECT_DOUBLE_EQ(of({"last_hidden_state"}, ""), -1) << "the largest element of an embedding is no class";
}

TEST(disagreement, is_unknown_where_there_is_one_class_no_reference_or_no_number) {
  EXPECT_DOUBLE_EQ(judge(spec(), rows({"logits"}, 1, {1, 2}), rows({"logits"}, 1, {1, 2})).disagreement, -1);
  EXPECT_DOUBLE_EQ(judge_alone(rows({"logits"}, 2, {1, 2})).disagreement, -1);
  const auto bad = judge(spec(), rows({"logits"}, 2, {1, 2}), rows({"logits"}, 2, {1, std::nanf("")}));
  EXPECT_DOUBLE_EQ(bad.disagreement, -1);
  EXPECT_EQ(bad.classified_items, 0);
}

TEST(tolerance, grows_with_what_the_computation_rounds_away) {
  EXPECT_LT(tolerance("float32", "onnx/float32"), tolerance("float16", "onnx/float32"));
  EXPECT_LT(tolerance("float16", "onnx/float32"), tolerance("bfloat16", "onnx/float32"));
  EXPECT_LT(tolerance("bfloat16", "onnx/float32"), tolerance("float32", "onnx/int8-dynamic"));
}

}  // namespace
}  // namespace inferometer::evaluate
