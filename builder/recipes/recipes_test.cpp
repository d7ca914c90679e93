#include "builder/recipes/recipes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inferometer::builder {
namespace {

using results::parse_variant;
using testing::ElementsAre;

const Start kText = {{"text-encoder", "", ""}, parse_variant("onnx/float32")};
const Start kKeras = {{"keras-application", "", ""}, {}};
const Start kFile = {{}, parse_variant("saved_model/float32"), true};

std::vector<std::string> names(const Start& start, std::span<const Recipe> known = recipes()) {
  std::vector<std::string> names;
  for (const auto& one : available_variants(start, 0, known)) names.push_back(to_text(one.variant));
  return names;
}

std::vector<std::string> steps(const Start& start, const std::string& to) {
  std::vector<std::string> steps;
  const auto route = find_route(start, parse_variant(to)).value();
  for (const auto* recipe : route) steps.push_back(recipe->script);
  return steps;
}

TEST(recipes, of_a_text_encoder_begin_with_the_graph_that_needs_none) {
  EXPECT_THAT(names(kText), ElementsAre("onnx/float32", "saved_model/float32", "onnx/int8", "onnx/int8-seed",
                                        "tflite/float32", "tflite/float16", "tflite/int8-dynamic",
                                        "tflite/int8", "torch/float32", "torch/int8-dynamic"));
  const auto variants = available_variants(kText, 25'000'000);
  EXPECT_FALSE(variants[0].fixed_shapes);
  EXPECT_EQ(variants[0].toolchain, "");
  EXPECT_TRUE(variants[1].fixed_shapes);
  EXPECT_EQ(variants[1].toolchain, "tensorflow-toolchain");
  EXPECT_EQ(to_text(variants[1].built_from), "");
  EXPECT_TRUE(variants[7].wants_samples);
  EXPECT_FALSE(variants[7].runs_reference);
  EXPECT_EQ(to_text(variants[7].built_from), "saved_model/float32");
  EXPECT_EQ(variants[7].peak_bytes, 2'200'000'000);
  EXPECT_DOUBLE_EQ(variants[7].expected_seconds, 14);
  EXPECT_FALSE(variants[8].fixed_shapes);
  EXPECT_EQ(variants[8].toolchain, "");
}

TEST(recipes, of_a_network_of_keras_begin_with_its_saved_model) {
  EXPECT_THAT(names(kKeras),
              ElementsAre("saved_model/float32", "onnx/float32", "onnx/int8", "onnx/int8-seed",
                          "tflite/float32", "tflite/float16", "tflite/int8-dynamic", "tflite/int8"));
}

TEST(recipes, lead_from_a_users_file_nowhere_unless_they_say_so) {
  EXPECT_THAT(names(kFile), ElementsAre("saved_model/float32"));
  EXPECT_EQ(find_route(kFile, parse_variant("tflite/int8")), std::nullopt);
}

TEST(recipes, int8_of_a_graph_needs_no_toolchain_and_takes_any_shape) {
  const auto int8 = available_variants(kText, 0)[2];
  EXPECT_EQ(to_text(int8.variant), "onnx/int8");
  EXPECT_EQ(int8.toolchain, "");
  EXPECT_FALSE(int8.fixed_shapes);
  EXPECT_TRUE(int8.wants_samples);
  EXPECT_TRUE(int8.runs_reference);
  EXPECT_THAT(names({{}, parse_variant("onnx/float32"), true}),
              ElementsAre("onnx/float32", "onnx/int8", "onnx/int8-seed"));
  EXPECT_THAT(names({{}, parse_variant("onnx/int8"), true}), ElementsAre("onnx/int8"));
}

TEST(recipes, a_step_of_the_builder_behind_one_of_a_toolchain_needs_the_toolchain) {
  const auto int8 = available_variants(kKeras, 0)[2];
  EXPECT_EQ(to_text(int8.variant), "onnx/int8");
  EXPECT_EQ(int8.toolchain, "tensorflow-toolchain");
  EXPECT_EQ(to_text(int8.built_from), "onnx/float32");
  EXPECT_TRUE(int8.fixed_shapes);
}

TEST(recipes, a_route_has_as_few_steps_as_can_be) {
  EXPECT_THAT(steps(kText, "onnx/float32"), ElementsAre());
  EXPECT_THAT(steps(kText, "saved_model/float32"), ElementsAre("text_to_saved_model.py"));
  EXPECT_THAT(steps(kKeras, "onnx/float32"),
              ElementsAre("application_to_saved_model.py", "saved_model_to_onnx.py"));
}

// As docs/adding-a-recipe.md says: one more row, and a variant of two parts is there for every model that
// leads to it.
TEST(recipes, a_new_row_is_a_new_variant) {
  std::vector<Recipe> known(recipes().begin(), recipes().end());
  known.push_back({.from = parse_variant("onnx/float32"),
                   .to = parse_variant("onnx/int4-blocks"),
                   .name = "onnx-int4-blocks 1",
                   .tool = "blocks-toolchain",
                   .script = "to_blocks.py",
                   .parts = {{"prefill", "prefill.onnx"}, {"decode", "decode.onnx"}},
                   .of_given = true});
  EXPECT_THAT(names(kText, known), testing::Contains("onnx/int4-blocks"));
  EXPECT_THAT(names(kKeras, known), testing::Contains("onnx/int4-blocks"));
  EXPECT_THAT(names({{}, parse_variant("onnx/float32"), true}, known),
              ElementsAre("onnx/float32", "onnx/int8", "onnx/int8-seed", "onnx/int4-blocks"));
  EXPECT_FALSE(available_variants(kText, 0, known).back().fixed_shapes) << "its graph takes any";
  EXPECT_EQ(find_route(kKeras, parse_variant("onnx/int4-blocks"), known)->size(), 3u);
}

}  // namespace
}  // namespace inferometer::builder
