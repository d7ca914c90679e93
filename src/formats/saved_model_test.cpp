#include "formats/saved_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "formats/saved_model_fixture.h"

namespace inferometer::formats {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Sample = SampleSavedModel;

constexpr std::array<float, 12> kWeights = {};

class saved_model_folder : public ::testing::Test {
 protected:
  SavedModelSignature read(const Sample& sample) { return read_saved_model(sample.write(folder_.path())); }
  std::string refusal(const std::string& bytes) {
    std::ofstream(folder_.path() / "saved_model.pb", std::ios::binary) << bytes;
    try {
      read_saved_model(folder_.path());
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr("saved_model.pb"));
      return error.what();
    }
    return "taken";
  }

  base::ScratchFolder folder_{"saved-model-test"};
};

TEST_F(saved_model_folder, the_signature_names_the_tensors_of_the_graph) {
  const auto signature = read(linear_saved_model(kWeights));
  EXPECT_EQ(signature.key, "serving_default");
  ASSERT_EQ(signature.inputs.size(), 2u);
  EXPECT_EQ(signature.inputs[0].name, "b");
  EXPECT_EQ(signature.inputs[1].name, "x");
  EXPECT_EQ(signature.inputs[1].operation, "serving_default_x");
  EXPECT_EQ(signature.inputs[1].dtype, "float32");
  EXPECT_TRUE(signature.inputs[1].has_rank);
  EXPECT_THAT(signature.inputs[1].shape, ElementsAre(-1, 4));
  EXPECT_EQ(signature.outputs.at(0).name, "y");
  EXPECT_EQ(signature.outputs.at(0).operation, "sum");
}

TEST_F(saved_model_folder, the_index_of_an_output_is_read) {
  Sample sample;
  sample.signature("f", {}, {{"y", "StatefulPartitionedCall_1:12", Sample::Int64, {}}});
  EXPECT_EQ(read(sample).outputs.at(0).index, 12);
  EXPECT_EQ(read(sample).outputs.at(0).dtype, "int64");
}

TEST_F(saved_model_folder, of_several_signatures_the_default_is_taken_and_none_is_guessed) {
  Sample sample;
  sample.signature("__saved_model_init_op", {}, {{"none", "NoOp:0", Sample::String, {}}});
  EXPECT_THAT(refusal(sample.bytes()), HasSubstr("has no signature"));
  sample.signature("encode", {}, {{"y", "a:0", Sample::Float32, {}}});
  EXPECT_EQ(read(sample).key, "encode");
  sample.signature("decode", {}, {{"y", "a:0", Sample::Float32, {}}});
  EXPECT_THAT(refusal(sample.bytes()), HasSubstr("2 signatures (decode, encode)"));
  sample.signature("serving_default", {}, {{"y", "a:0", Sample::Float32, {}}});
  EXPECT_EQ(read(sample).key, "serving_default");
}

TEST_F(saved_model_folder, inputs_that_are_no_tensors_of_numbers_are_refused_by_name) {
  Sample words;
  words.signature("f", {{"words", "w:0", Sample::String, {}}}, {});
  EXPECT_THAT(refusal(words.bytes()), HasSubstr("input 'words' is of TensorFlow type 7"));
  for (const char* const tensor : {"", "w", "w:", "w:x", "w:1x"}) {
    Sample nowhere;
    nowhere.signature("f", {{"x", tensor, Sample::Float32, {}}}, {});
    EXPECT_THAT(refusal(nowhere.bytes()), HasSubstr("input 'x' is no single tensor")) << tensor;
  }
}

TEST_F(saved_model_folder, other_files_and_damage_are_reported) {
  const auto whole = linear_saved_model(kWeights).bytes();
  EXPECT_THAT(refusal(whole.substr(0, whole.size() - 9)), HasSubstr("cut, damaged"));
  EXPECT_THAT(refusal(""), HasSubstr("the file is empty"));
  EXPECT_THAT(refusal("<!DOCTYPE html>"), HasSubstr("HTML"));
  EXPECT_THAT(refusal(linear_saved_model(kWeights).bytes("train")),
              HasSubstr("no graph that is tagged 'serve'"));
}

TEST(saved_model_meta_graph, that_is_damaged_is_reported) {
  EXPECT_THROW(signature_of_meta_graph("\x0a\xff", "m"), base::UserError);
}

}  // namespace
}  // namespace inferometer::formats
