#include "tensorflow/tensorflow_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "formats/saved_model_fixture.h"
#include "testing/engine_fixture.h"

namespace inferometer::worker {

protocol::Description description_under_test() { return tensorflow::description(); }
std::unique_ptr<Engine> engine_under_test() { return std::make_unique<tensorflow::TensorFlowEngine>(); }

namespace {

namespace fs = std::filesystem;
using Sample = formats::SampleSavedModel;
using tensors::DType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::array<float, 12> kWeights = {1, 0, 2, 0, 1, 1, 3, 0, 0, 1, 1, 0};

class TensorFlow : public EngineTest {
 protected:
  fs::path written(const Sample& model) const { return model.write(folder() / "model"); }
  static std::vector<float> values_of(const tensors::Tensor& tensor) {
    const auto values = tensor.values<float>();
    return {values.begin(), values.end()};
  }
};

TEST(tensorflow_library, that_is_another_one_is_refused_by_what_it_lacks) {
  const auto file = fs::path(std::getenv("INFEROMETER_TEST_BUILD")) / "tests" / "libempty_engine.so";
  protocol::HelloReply hello;
  try {
    tensorflow::TensorFlowEngine().open(file.string(), hello);
    FAIL();
  } catch (const EngineError& error) {
    EXPECT_THAT(error.what(), HasSubstr("libempty_engine.so does not export TF_"));
  }
}

// The first test that makes a session, because what it finds is the process's for good.
TEST_F(TensorFlow, threads_of_both_pools_are_counted_and_the_first_session_decides_on_one) {
  auto asked = request(written(formats::linear_saved_model(kWeights)));
  asked.threads = 3;
  asked.options["inter_op_threads"] = "2";
  auto reply = load(asked);
  EXPECT_EQ(reply.threads, 3);
  EXPECT_EQ(reply.options.at("inter_op_threads"), "2");
  EXPECT_EQ(reply.options.at("xla"), "0");
  engine_->release();
  asked.threads = 1;
  asked.options["inter_op_threads"] = "4";
  reply = load(asked);
  EXPECT_EQ(reply.threads, 3);
  EXPECT_EQ(reply.options.at("inter_op_threads"), "4");
}

TEST_F(TensorFlow, an_error_is_not_reported_again_after_a_success) {
  auto asked = request(folder() / "absent");
  EXPECT_THAT(refusal_of(asked).value_or(Refusal{}).reason, HasSubstr("LoadSessionFromSavedModel"));
  EXPECT_FALSE(refusal_of(request(written(formats::linear_saved_model(kWeights)))));
}

TEST_F(TensorFlow, with_xla_the_outputs_stay_right) {
  auto asked = request(written(formats::linear_saved_model(kWeights)));
  asked.options["xla"] = "1";
  EXPECT_EQ(load(asked).options.at("xla"), "1");
  const auto outputs = outputs_of(list(floats("x", {1, 4}, {1, 2, 3, 4}), floats("b", {3}, {0, 1, 2})));
  EXPECT_THAT(values_of(outputs.at(0)), ElementsAre(14, 7, 6));
}

TEST_F(TensorFlow, element_types_go_in_and_come_out_as_they_are) {
  for (const auto& [number, type] :
       {std::pair(Sample::Int64, DType::Int64), std::pair(Sample::Uint8, DType::Uint8),
        std::pair(Sample::Float32, DType::Float32)}) {
    Sample model;
    model.placeholder("in", number, {-1})
        .operation("out", "Identity", {"in"}, {{"T", number}})
        .signature("serving_default", {{"x", "in:0", number, {-1}}}, {{"y", "out:0", number, {-1}}});
    EXPECT_EQ(load(request(written(model))).parts.at(0).inputs.at(0).dtype, tensors::to_text(type));
    tensors::Tensor x("x", type, {3});
    x.bytes()[0] = std::byte{7};
    const std::vector<double> sent = x.to_doubles();
    const auto outputs = outputs_of(list(std::move(x)));
    EXPECT_EQ(outputs.at(0).type(), type);
    EXPECT_EQ(outputs.at(0).to_doubles(), sent);
    engine_->release();
  }
}

TEST_F(TensorFlow, a_signature_that_names_no_output_of_the_graph_is_refused) {
  for (const char* const place : {"nowhere:0", "in:1"}) {
    Sample model;
    model.placeholder("in", Sample::Float32, {-1})
        .signature("serving_default", {{"x", "in:0", Sample::Float32, {-1}}},
                   {{"y", place, Sample::Float32, {-1}}});
    EXPECT_THAT(refusal_of(request(written(model))).value_or(Refusal{}).reason,
                HasSubstr(std::string("names '") + place + "' for 'y'"));
  }
}

TEST_F(TensorFlow, an_operation_that_it_does_not_have_is_refused_by_name) {
  Sample model;
  model.placeholder("in", Sample::Float32, {-1})
      .operation("out", "NoSuchOperation", {"in"}, {{"T", Sample::Float32}})
      .signature("serving_default", {{"x", "in:0", Sample::Float32, {-1}}},
                 {{"y", "out:0", Sample::Float32, {-1}}});
  EXPECT_THAT(refusal_of(request(written(model))).value_or(Refusal{}).reason, HasSubstr("NoSuchOperation"));
}

}  // namespace
}  // namespace inferometer::worker
