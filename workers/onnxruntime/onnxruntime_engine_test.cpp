#include "onnxruntime/onnxruntime_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "sdk/cpp/checks.h"
#include "testing/onnx_engine_suite.h"

namespace inferometer::worker {

protocol::Description description_under_test() { return onnxruntime::description(); }
std::unique_ptr<Engine> engine_under_test() { return std::make_unique<onnxruntime::OnnxRuntimeEngine>(); }

namespace {

using ::testing::HasSubstr;

constexpr int kFloat = 1;
constexpr int kDouble = 11;

const TestModel kRelu = TestModel().input("x", kFloat, {2}).node("Relu", {"x"}, "y").output("y", kFloat, {2});

/// Why `file` is not opened.
std::string opening(const std::filesystem::path& file) {
  protocol::HelloReply hello;
  try {
    onnxruntime::OnnxRuntimeEngine().open(file.string(), hello);
  } catch (const EngineError& error) {
    return error.what();
  }
  return "opened";
}

std::filesystem::path test_library(const std::string& name) {
  return std::filesystem::path(std::getenv("INFEROMETER_TEST_BUILD")) / "tests" / name;
}

TEST(onnxruntime_library, that_is_another_one_is_refused_by_what_it_lacks) {
  EXPECT_THAT(opening(test_library("libempty_engine.so")),
              HasSubstr("libempty_engine.so does not export OrtGetApiBase"));
}

TEST(onnxruntime_library, that_is_too_old_is_refused_by_its_version) {
  EXPECT_THAT(opening(test_library("libold_onnxruntime.so")),
              HasSubstr("is ONNX Runtime 0.1.0 without version 5 of its C API"));
}

TEST(onnxruntime_library, that_is_not_there_is_named) {
  EXPECT_THAT(opening("/nowhere/libonnxruntime.so.1"), HasSubstr("/nowhere/libonnxruntime.so.1"));
}

TEST(onnxruntime_positions, are_those_of_the_official_header) {
  const char* const chosen = std::getenv("INFEROMETER_ORT_HEADER");
  const std::filesystem::path header =
      chosen == nullptr ? "/usr/include/onnxruntime/onnxruntime_c_api.h" : chosen;
  if (!std::filesystem::exists(header)) {
    GTEST_SKIP() << "needs the official header: apt install libonnxruntime-dev, or INFEROMETER_ORT_HEADER";
  }
  const std::string script =
      std::string(std::getenv("INFEROMETER_TEST_SOURCE")) + "/scripts/ort_api_positions.py";
  EXPECT_EQ(std::system(("python3 '" + script + "' '" + header.string() + "'").c_str()), 0);
}

TEST_F(OnnxEngine, threads_are_counted_not_believed) {
  auto asked = request(written(kRelu));
  for (const int threads : {1, 2, 5}) {
    asked.threads = threads;
    EXPECT_EQ(load(asked).threads, threads);
    engine_->release();
  }
  asked.threads = 0;  // it then takes as many as it likes
  EXPECT_GE(load(asked).threads, 1);
}

TEST_F(OnnxEngine, takes_every_value_of_its_options) {
  auto asked = request(written(kRelu));
  for (const auto& option : description_under_test().options) {
    const auto values = option.type == "boolean" ? std::vector<std::string>{"0", "1"} : option.values;
    for (const auto& value : values) {
      asked.options[option.name] = value;
      EXPECT_EQ(load(asked).options.at(option.name), value);
      EXPECT_EQ(outputs_of(list(floats("x", {2}, {-1, 1}))).at(0).to_doubles(), (std::vector<double>{0, 1}));
      engine_->release();
    }
  }
}

TEST_F(OnnxEngine, an_operation_without_a_kernel_for_the_type_is_unsupported) {
  const auto refusal = refusal_of(request(
      written(TestModel().input("x", kDouble, {2}).node("Hardmax", {"x"}, "y").output("y", kDouble, {2}))));
  ASSERT_TRUE(refusal);
  EXPECT_TRUE(refusal->unsupported) << refusal->reason;
}

TEST_F(OnnxEngine, a_run_that_fails_says_why_and_the_next_set_runs) {
  constexpr int kInt64 = 7;
  load(TestModel()
           .input("x", kFloat, {-1})
           .input("shape", kInt64, {2})
           .node("Reshape", {"x", "shape"}, "y")
           .output("y", kFloat, {-1, -1}));
  const auto inputs = [](std::int64_t rows) {
    return list(tensor_of<std::int64_t>("shape", tensors::DType::Int64, {2}, {rows, 3}),
                floats("x", {6}, {1, 2, 3, 4, 5, 6}));
  };
  try {
    outputs_of(inputs(4));
    FAIL();
  } catch (const EngineError& error) {
    EXPECT_THAT(error.what(), HasSubstr("requested shape:{4,3}"));
  }
  EXPECT_EQ(outputs_of(inputs(2)).at(0).shape(), (tensors::Shape{2, 3}));
}

}  // namespace
}  // namespace inferometer::worker
