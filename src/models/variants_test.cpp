#include "models/variants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inferometer::models {
namespace {

using Kind = Reference::Kind;
using testing::ElementsAre;

std::vector<std::string> names(Kind kind, const results::ModelSummary& summary) {
  std::vector<std::string> names;
  for (const auto& variant : variants_of({kind, "m", {}, {}}, summary)) names.push_back(variant.name);
  return names;
}

results::ModelSummary summary(const std::string& format) {
  results::ModelSummary summary;
  summary.format = format;
  summary.variant = format + "/float32";
  return summary;
}

TEST(variants, of_a_checkpoint_begin_with_the_native_onnx) {
  EXPECT_THAT(names(Kind::Checkpoint, summary("onnx")),
              ElementsAre("onnx/float32", "saved_model/float32", "tflite/float32", "tflite/float16",
                          "tflite/int8-dynamic", "tflite/int8"));
  const auto variants = variants_of({Kind::Checkpoint, "m", {}, {}}, summary("onnx"));
  EXPECT_FALSE(variants[0].fixed_shapes);
  EXPECT_EQ(variants[0].toolchain, "");
  EXPECT_TRUE(variants[1].fixed_shapes);
  EXPECT_EQ(variants[1].toolchain, "tensorflow-toolchain");
  EXPECT_TRUE(variants[5].wants_samples);
}

TEST(variants, of_a_network_of_keras_begin_with_its_saved_model) {
  const auto all = names(Kind::Application, summary("saved_model"));
  EXPECT_EQ(all.front(), "saved_model/float32");
  EXPECT_THAT(all, testing::Contains("onnx/float32"));
}

TEST(variants, of_a_file_are_what_it_is) {
  EXPECT_THAT(names(Kind::File, summary("onnx")), ElementsAre("onnx/float32"));
}

TEST(variants, need_the_more_the_more_weights_there_are) {
  const auto* conversion = conversion_to(Kind::Checkpoint, "tflite/int8");
  ASSERT_NE(conversion, nullptr);
  EXPECT_EQ(peak_bytes(*conversion, 100'000'000), 2'200'000'000);
  EXPECT_DOUBLE_EQ(expected_seconds(*conversion, 100'000'000), 14);
  EXPECT_EQ(conversion_to(Kind::Checkpoint, "onnx/float32"), nullptr) << "that needs no toolchain";
}

}  // namespace
}  // namespace inferometer::models
