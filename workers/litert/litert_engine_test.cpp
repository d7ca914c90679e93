#include "litert/litert_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "formats/tflite_fixture.h"
#include "testing/engine_fixture.h"

namespace inferometer::worker {

protocol::Description description_under_test() { return litert::description(); }
std::unique_ptr<Engine> engine_under_test() { return std::make_unique<litert::LiteRtEngine>(); }

namespace {

namespace fs = std::filesystem;
using formats::SampleTflite;
using tensors::DType;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Row i: the weights of output i.
constexpr std::array<float, 12> kWeights = {1, 0, 3, 1, 0, 1, 0, 1, 2, 1, 0, 0};

class LiteRt : public EngineTest {
 protected:
  fs::path written(const SampleTflite& model) const {
    const auto file = folder() / "model.tflite";
    base::write_file_atomically(file, model.bytes());
    return file;
  }
  static std::vector<float> values_of(const tensors::Tensor& tensor) {
    const auto values = tensor.values<float>();
    return {values.begin(), values.end()};
  }
};

TEST(litert_library, that_is_another_one_is_refused_by_what_it_lacks) {
  const auto file = fs::path(std::getenv("INFEROMETER_TEST_BUILD")) / "tests" / "libempty_engine.so";
  protocol::HelloReply hello;
  try {
    litert::LiteRtEngine().open(file.string(), hello);
    FAIL();
  } catch (const EngineError& error) {
    EXPECT_THAT(error.what(), HasSubstr("libempty_engine.so does not export LiteRt"));
  }
}

TEST(litert_version, is_that_of_the_package_around_the_library) {
  const base::ScratchFolder folder("litert-version");
  const auto library = folder.path() / "ai_edge_litert" / "libLiteRt.so";
  EXPECT_EQ(litert::version_of(library), "unknown");
  fs::create_directories(folder.path() / "ai_edge_litert-9.8.7.dist-info");
  base::write_file_atomically(folder.path() / "ai_edge_litert-9.8.7.dist-info" / "METADATA",
                              "Metadata-Version: 2.4\nName: ai-edge-litert\nVersion: 9.8.7\n\nVersion: 1\n");
  EXPECT_EQ(litert::version_of(library), "9.8.7");
  base::write_file_atomically(folder.path() / "ai_edge_litert-9.8.7.dist-info" / "METADATA",
                              "Metadata-Version: 2.4\n\nVersion: 1 of this text\n");
  EXPECT_EQ(litert::version_of(library), "unknown");
}

TEST_F(LiteRt, open_dimensions_take_the_shape_of_the_workload) {
  auto asked = request(written(formats::linear_tflite(kWeights, -1)));
  asked.parts.at(0).shapes = {{"x", {2, 4}}, {"b", {3}}};
  const auto reply = load(asked);
  EXPECT_THAT(reply.parts.at(0).inputs.at(0).shape, ElementsAre(2, 4));
  EXPECT_THAT(reply.parts.at(0).outputs.at(0).shape, ElementsAre(2, 3));
  const auto outputs =
      outputs_of(list(floats("x", {2, 4}, {1, 2, 3, 4, 0, 0, 0, 1}), floats("b", {3}, {0, 1, 2})));
  EXPECT_THAT(values_of(outputs.at(0)), ElementsAre(14, 7, 6, 1, 2, 2));
}

TEST_F(LiteRt, open_dimensions_without_a_shape_or_with_a_wrong_one_are_refused) {
  auto asked = request(written(formats::linear_tflite(kWeights, -1)));
  EXPECT_THAT(refusal_of(asked).value_or(Refusal{}).reason, HasSubstr("no shape for input 'x'"));
  asked.parts.at(0).shapes = {{"x", {2, 5}}};
  EXPECT_EQ(refusal_of(asked).value_or(Refusal{}).reason,
            "the workload's shape for input 'x' is [2, 5]; the model takes [-1, 4] (-1: any size)");
}

TEST_F(LiteRt, quantized_tensors_keep_their_integers) {
  for (const auto& [type, dtype, zero] :
       {std::tuple(SampleTflite::Uint8, DType::Uint8, 128), std::tuple(SampleTflite::Int8, DType::Int8, 0)}) {
    SampleTflite model;
    const auto x = model.tensor({"x", type, {1, 4}, {}, 0.5F, zero});
    const auto y = model.tensor({"y", SampleTflite::Float32, {1, 4}});
    const auto back = model.tensor({"z", type, {1, 4}, {}, 1.0F, zero});
    model.operation(SampleTflite::Dequantize, {x}, y)
        .operation(SampleTflite::Quantize, {y}, back)
        .ends({x}, {y, back});
    const auto reply = load(request(written(model)));
    EXPECT_EQ(reply.parts.at(0).inputs.at(0).dtype, tensors::to_text(dtype));
    EXPECT_EQ(reply.parts.at(0).outputs.at(1).dtype, tensors::to_text(dtype));
    const auto integers = [&](int a, int b, int c, int d) {
      return std::vector<std::uint8_t>{
          static_cast<std::uint8_t>(a + zero), static_cast<std::uint8_t>(b + zero),
          static_cast<std::uint8_t>(c + zero), static_cast<std::uint8_t>(d + zero)};
    };
    const auto outputs = outputs_of(list(tensor_of("x", dtype, {1, 4}, integers(0, 2, -4, 100))));
    EXPECT_THAT(values_of(outputs.at(0)), ElementsAre(0, 1, -2, 50));
    EXPECT_EQ(outputs.at(1).type(), dtype);
    const auto bytes = outputs.at(1).values<std::uint8_t>();
    EXPECT_EQ(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), integers(0, 1, -2, 50));
    engine_->release();
  }
}

TEST_F(LiteRt, its_own_kernels_compute_the_same_and_know_one_thread) {
  auto asked = request(written(formats::linear_tflite(kWeights, 1)));
  asked.options["kernels"] = "builtin";
  asked.threads = 2;
  const auto reply = load(asked);
  EXPECT_EQ(reply.options.at("kernels"), "builtin");
  EXPECT_EQ(reply.threads, 1);
  const auto outputs = outputs_of(list(floats("x", {1, 4}, {1, 2, 3, 4}), floats("b", {3}, {0, 1, 2})));
  EXPECT_THAT(values_of(outputs.at(0)), ElementsAre(14, 7, 6));
}

TEST_F(LiteRt, an_operation_that_it_does_not_have_is_found_when_compiling) {
  SampleTflite model;
  const auto x = model.tensor({"x", SampleTflite::Float32, {1}});
  const auto y = model.tensor({"y", SampleTflite::Float32, {1}});
  const auto refusal =
      refusal_of(request(written(model.operation(SampleTflite::Custom, {x}, y).ends({x}, {y}))));
  ASSERT_TRUE(refusal);
  EXPECT_THAT(refusal->reason, AllOf(HasSubstr("LiteRT, "), HasSubstr("status ")));
  EXPECT_THAT(phases_, ElementsAre("load", "compile"));
}

TEST_F(LiteRt, real_files_give_the_classes_that_they_were_made_for) {
  const char* const source = std::getenv("INFEROMETER_TEST_SOURCE");
  const auto file =
      fs::path(source == nullptr ? "." : source) / "../shared/data/audio/kwt1_non_stream.tflite";
  if (!fs::exists(file)) GTEST_SKIP() << file << " is not here";
  const auto sound = base::read_file(file.parent_path() / "yes_1000ms.wav", 1u << 20);
  const auto reply = load(request(file));
  tensors::Tensor samples(reply.parts.at(0).inputs.at(0).name, DType::Float32, {1, 16000});
  ASSERT_GE(sound.size(), 44u + 2 * 16000);
  for (std::size_t i = 0; i < 16000; ++i) {
    const auto low = static_cast<unsigned char>(sound[44 + 2 * i]);
    const auto high = static_cast<signed char>(sound[45 + 2 * i]);
    samples.values<float>()[i] = static_cast<float>(256 * high + low) / 32768;
  }
  const auto scores = values_of(outputs_of(list(std::move(samples))).at(0));
  EXPECT_EQ(std::max_element(scores.begin(), scores.end()) - scores.begin(), 2);  // "yes"
  EXPECT_NEAR(scores.at(2), 4.42015, 1e-3);  // what its Python interpreter says
}

}  // namespace
}  // namespace inferometer::worker
