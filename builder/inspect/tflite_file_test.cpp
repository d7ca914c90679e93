#include "builder/inspect/tflite_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "base/files.h"
#include "base/test_fixture.h"
#include "formats/tflite_fixture.h"

namespace inferometer::builder {
namespace {

using base::message_of;
using base::write_bytes;
namespace fs = std::filesystem;
using formats::SampleTflite;
using ::testing::HasSubstr;

constexpr std::array<float, 12> kWeights = {};

class tflite_file : public ::testing::Test {
 protected:
  results::ModelInfo summary_of(const SampleTflite& sample) {
    const auto file = write_bytes(folder_.path() / "m.tflite", sample.bytes());
    return inspect(formats::read_tflite(file), file);
  }

  base::ScratchFolder folder_{"tflite-summary"};
};

fs::path shared_file(const char* name) {
  const char* const source = std::getenv("INFEROMETER_TEST_SOURCE");
  return fs::path(source == nullptr ? "." : source) / "../shared/data" / name;
}

TEST_F(tflite_file, tells_inputs_outputs_and_size) {
  const auto summary = summary_of(formats::linear_tflite(kWeights, -1));
  EXPECT_EQ(to_text(summary.variant), "tflite/float32");
  EXPECT_TRUE(summary.has_parent);
  ASSERT_EQ(entry_part(summary).inputs.size(), 2u);
  EXPECT_EQ(entry_part(summary).inputs[0].name, "x");
  EXPECT_EQ(entry_part(summary).inputs[0].dtype, "float32");
  EXPECT_EQ(entry_part(summary).inputs[0].shape[0].size, 0);
  EXPECT_EQ(entry_part(summary).inputs[0].shape[0].role, "batch");
  EXPECT_EQ(entry_part(summary).inputs[0].shape[1].size, 4);
  EXPECT_EQ(entry_part(summary).outputs.at(0).name, "y");
  EXPECT_EQ(entry_part(summary).outputs.at(0).dtype, "float32");
  EXPECT_EQ(summary.parameters, 12);
  EXPECT_EQ(summary.size_bytes, static_cast<std::int64_t>(fs::file_size(folder_.path() / "m.tflite")));
}

TEST_F(tflite_file, indices_are_bounded_by_the_smallest_table_that_they_look_into) {
  SampleTflite sample;
  const std::array<float, 10> table = {};
  const auto ids = sample.tensor({"ids", SampleTflite::Int64, {1, 2}});
  const auto narrow = sample.tensor({"narrow", SampleTflite::Int32, {1, 2}});
  const auto rows5 = sample.tensor({"a", SampleTflite::Float32, {5, 2}, formats::raw<float>(table)});
  const auto rows10 = sample.tensor({"b", SampleTflite::Float32, {10, 1}, formats::raw<float>(table)});
  const auto y = sample.tensor({"y", SampleTflite::Float32, {1, 2, 2}});
  const auto z = sample.tensor({"z", SampleTflite::Float32, {1, 2, 1}});
  sample.operation(SampleTflite::Cast, {ids}, narrow)
      .operation(SampleTflite::Gather, {rows10, ids}, z)
      .operation(SampleTflite::Gather, {rows5, narrow}, y)
      .ends({ids}, {y, z});
  EXPECT_EQ(entry_part(summary_of(sample)).inputs.at(0).index_bound, 5);
}

TEST_F(tflite_file, quantized_weights_have_no_float32_parent) {
  SampleTflite sample;
  const auto x = sample.tensor({"x", SampleTflite::Int8, {1, 4}, {}, 0.1F, 3});
  const auto w = sample.tensor({"w", SampleTflite::Int8, {1, 4}, "wwww", 0.1F, 0});
  const auto y = sample.tensor({"y", SampleTflite::Int8, {1, 1}, {}, 0.1F, 3});
  const auto summary =
      summary_of(sample.operation(SampleTflite::FullyConnected, {x, w, -1}, y).ends({x}, {y}));
  EXPECT_EQ(to_text(summary.variant), "tflite/int8");
  EXPECT_FALSE(summary.has_parent);
  EXPECT_THAT(summary.remarks.at(0), HasSubstr("no float32 parent"));
  EXPECT_TRUE(entry_part(summary).inputs.at(0).quantized);
  EXPECT_EQ(entry_part(summary).inputs.at(0).dtype, "int8");
  EXPECT_EQ(summary.parameters, 4);
}

TEST_F(tflite_file, half_precision_weights_name_the_variant) {
  SampleTflite sample;
  const auto x = sample.tensor({"x", SampleTflite::Float32, {1, 4}});
  const auto half = sample.tensor({"half", SampleTflite::Float16, {1, 4}, "wwwwwwww"});
  const auto w = sample.tensor({"w", SampleTflite::Float32, {1, 4}});
  const auto y = sample.tensor({"y", SampleTflite::Float32, {1, 1}});
  const auto summary = summary_of(sample.operation(SampleTflite::Dequantize, {half}, w)
                                      .operation(SampleTflite::FullyConnected, {x, w, -1}, y)
                                      .ends({x}, {y}));
  EXPECT_EQ(to_text(summary.variant), "tflite/float16");
  EXPECT_TRUE(summary.has_parent);
}

TEST_F(tflite_file, inputs_that_cannot_be_fed_are_refused_by_name) {
  SampleTflite words;
  const auto x = words.tensor({"words", SampleTflite::String, {1}});
  EXPECT_THAT(message_of([&] { summary_of(words.ends({x}, {x})); }),
              HasSubstr("input 'words' is a tensor of type string"));
  SampleTflite empty;
  const auto none = empty.tensor({"x", SampleTflite::Float32, {1, 0}});
  EXPECT_THAT(message_of([&] { summary_of(empty.ends({none}, {none})); }),
              HasSubstr("dimension 1 of input 'x' is 0"));
}

TEST(tflite_file_of_a_real_file, says_what_is_known_of_it) {
  const auto file = shared_file("vision/mobilenet_v2_1.0_224_quant.tflite");
  if (!fs::exists(file)) GTEST_SKIP() << file << " is not here";
  const auto summary = inspect(formats::read_tflite(file), file);
  EXPECT_EQ(to_text(summary.variant), "tflite/int8");
  EXPECT_EQ(entry_part(summary).inputs.at(0).dtype, "uint8");
  EXPECT_TRUE(entry_part(summary).inputs.at(0).quantized);
  EXPECT_EQ(entry_part(summary).inputs.at(0).scale, 1.0 / 128);
  EXPECT_EQ(entry_part(summary).inputs.at(0).zero_point, 128);
  EXPECT_NEAR(static_cast<double>(summary.parameters), 3.5e6, 0.1e6);  // 3.47 million in the paper
}

}  // namespace
}  // namespace inferometer::builder
