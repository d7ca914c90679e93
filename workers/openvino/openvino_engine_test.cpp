#include "openvino/openvino_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "testing/onnx_engine_suite.h"

namespace inferometer::worker {

protocol::Description description_under_test() { return openvino::description(); }
std::unique_ptr<Engine> engine_under_test() { return std::make_unique<openvino::OpenVinoEngine>(); }

namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kFloat = 1;

const TestModel kRelu =
    TestModel().input("x", kFloat, {-1, 2}).node("Relu", {"x"}, "y").output("y", kFloat, {-1, 2});

TEST(openvino_library, that_is_another_one_is_refused_by_what_it_lacks) {
  const auto file =
      std::filesystem::path(std::getenv("INFEROMETER_TEST_BUILD")) / "tests" / "libempty_engine.so";
  protocol::HelloReply hello;
  try {
    openvino::OpenVinoEngine().open(file.string(), hello);
    FAIL();
  } catch (const EngineError& error) {
    EXPECT_THAT(error.what(), HasSubstr("libempty_engine.so does not export ov_"));
  }
}

TEST_F(OnnxEngine, the_precision_is_the_one_it_says_not_the_one_it_was_asked_for) {
  auto asked = request(written(kRelu));
  EXPECT_EQ(load(asked).precision, "float32");
  engine_->release();
  asked.precision = "float16";
  EXPECT_THAT(load(asked).precision, AnyOf("float16", "bfloat16", "float32"));
}

TEST_F(OnnxEngine, computes_in_float32_unless_asked_otherwise) {
  load(TestModel()
           .input("x", kFloat, {1, 64})
           .input("w", kFloat, {64, 64})
           .node("MatMul", {"x", "w"}, "y")
           .output("y", kFloat, {1, 64}));
  // 1 + 2^-12 is lost in bfloat16 and in float16.
  const float fine = 1.0F + 1.0F / 4096;
  const auto outputs = outputs_of(list(floats("x", {1, 64}, std::vector<float>(64, fine)),
                                       floats("w", {64, 64}, std::vector<float>(64 * 64, 1.0F))));
  EXPECT_NEAR(outputs.at(0).to_doubles().at(0), 64 * (1 + 1.0 / 4096), 1e-4);
}

TEST_F(OnnxEngine, more_threads_than_cpus_are_reported_as_it_clamps_them) {
  auto asked = request(written(kRelu));
  EXPECT_EQ(load(asked).threads, 1);
  engine_->release();
  asked.threads = 100'000;
  EXPECT_LT(load(asked).threads, 100'000);
}

TEST_F(OnnxEngine, static_shapes_are_those_of_the_workload) {
  auto asked = request(written(kRelu));
  asked.options["shapes"] = "static";
  asked.parts.at(0).shapes = {{"x", {3, 2}}};
  const auto reply = load(asked);
  EXPECT_THAT(reply.parts.at(0).inputs.at(0).shape, ElementsAre(3, 2));
  EXPECT_THAT(reply.parts.at(0).outputs.at(0).shape, ElementsAre(3, 2));
  EXPECT_EQ(reply.options.at("shapes"), "static");
  EXPECT_EQ(outputs_of(list(floats("x", {3, 2}, {-1, 1, 2, 3, 4, 5}))).at(0).to_doubles().at(0), 0);
}

TEST_F(OnnxEngine, static_shapes_that_the_workload_does_not_have_or_the_model_does_not_take_are_refused) {
  auto asked = request(written(kRelu));
  asked.options["shapes"] = "static";
  EXPECT_THAT(refusal_of(asked).value_or(Refusal{}).reason, HasSubstr("no shape for input 'x'"));
  asked.parts.at(0).shapes = {{"x", {3, 7}}};
  EXPECT_EQ(refusal_of(asked).value_or(Refusal{}).reason,
            "the workload's shape for input 'x' is [3, 7]; the model takes [-1, 2] (-1: any size)");
}

TEST_F(OnnxEngine, the_hint_is_read_back) {
  auto asked = request(written(kRelu));
  EXPECT_EQ(load(asked).options.at("hint"), "latency");
  engine_->release();
  asked.options["hint"] = "throughput";
  EXPECT_EQ(load(asked).options.at("hint"), "throughput");
}

TEST_F(OnnxEngine, an_operation_that_openvino_does_not_have_is_unsupported) {
  const auto refusal = refusal_of(request(written(
      TestModel().input("x", kFloat, {2}).node("NoSuchOperation", {"x"}, "y").output("y", kFloat, {2}))));
  ASSERT_TRUE(refusal);
  EXPECT_TRUE(refusal->unsupported) << refusal->reason;
  // Not the places in OpenVINO's sources that its message begins with.
  EXPECT_THAT(refusal->reason, StartsWith("OpenVINO, core_read_model: FrontEnd API failed with "));
}

}  // namespace
}  // namespace inferometer::worker
