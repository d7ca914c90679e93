// The variants that the tensorflow toolchain makes of small random checkpoints, run by TensorFlow and LiteRT
// and held against the native ONNX model. Says which package is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "builder/families/checkpoint_fixture.h"
#include "builder_client/builder.h"
#include "builder_client/request.h"
#include "models/models.h"
#include "process/process.h"
#include "session/session.h"
#include "tensors/compare.h"
#include "tensors/safetensors.h"
#include "tests/workers/workers_under_test.h"

namespace inferometer {
namespace {

namespace fs = std::filesystem;
using builder::TinyBert;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

constexpr std::int64_t kRows = 2;
constexpr std::int64_t kTokens = 9;
constexpr std::int64_t kMemory = std::int64_t{4} << 30;

class conversion : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto store = packages::Installed::open();
    if (store.versions_of("tensorflow-toolchain").empty())
      GTEST_SKIP() << "needs the toolchain: inferometer packages install tensorflow-toolchain";
  }

  fs::path write(const TinyBert& tiny) {
    fs::create_directories(folder_.path() / "checkpoint");
    tiny.write(folder_.path() / "checkpoint");
    return folder_.path() / "checkpoint";
  }

  builder_client::Builder::Built make(const std::string& variant, std::int64_t memory_bytes = kMemory) {
    const models::Reference tiny{models::Reference::Kind::Checkpoint, "tiny", folder_.path() / "checkpoint"};
    return builder_.build(tiny, {results::parse_variant(variant), true, kRows, kTokens, {}, memory_bytes},
                          [this](const std::string& sentence) { messages_.push_back(sentence); });
  }

  std::vector<tensors::Tensor> run(const std::string& engine, const builder_client::Builder::Built& model) {
    const auto worker = tests::find_worker(engine);
    if (!worker.launch) throw std::runtime_error(worker.missing);
    session::Start start;
    start.launch = *worker.launch;
    session::Session loaded(start);
    protocol::Load request;
    request.parts = {{"model", model.parts.front().file, {}}};
    request.format = model.info.variant.format;
    std::vector<tensors::Tensor> inputs;
    for (const auto& input : entry_part(model.info).inputs) {
      request.parts[0].shapes[input.name] = {kRows, kTokens};
      inputs.push_back(text_input(input));
    }
    loaded.load(request);
    const auto set = folder_.path() / (engine + "-set.safetensors");
    const auto outputs = folder_.path() / (engine + "-outputs.safetensors");
    tensors::write_safetensors(set, inputs);
    loaded.bind({"model", 0, set});
    loaded.outputs({"model", 0, outputs});
    return tensors::read_safetensors(outputs);
  }

  void expect_all_agree(const TinyBert& tiny) {
    write(tiny);
    const auto expected = run("onnxruntime", make(""));
    for (const auto& [engine, variant] :
         {std::pair("tensorflow", "saved_model/float32"), std::pair("litert", "tflite/float32")}) {
      const auto difference = tensors::compare(expected, run(engine, make(variant)));
      EXPECT_EQ(difference.problem, "") << variant;
      EXPECT_LT(difference.max_rel_error, 1e-4) << variant << ": " << difference.worst;
    }
  }

  base::ScratchFolder folder_{"conversion-test"};
  builder_client::Builder builder_{base::libexec_folder() / "inferometer-builder", folder_.path() / "cache"};
  std::vector<std::string> messages_;

 private:
  /// Two texts of random words; the second ends in three tokens of padding.
  static tensors::Tensor text_input(const results::ModelInput& input) {
    tensors::Tensor tensor(input.name, tensors::dtype_from_text(input.dtype), {kRows, kTokens});
    base::Random random(5, "words");
    for (std::int64_t i = 0; i < kRows * kTokens; ++i) {
      const bool is_word = i < kRows * kTokens - 3;
      std::int64_t value = is_word ? 2 + static_cast<std::int64_t>(random.below(48)) : 1;
      if (input.name == "attention_mask") value = is_word ? 1 : 0;
      if (input.name == "token_type_ids") value = i % std::min<std::int64_t>(2, input.index_bound);
      const auto at = static_cast<std::size_t>(i);
      if (tensor.type() == tensors::DType::Int64) tensor.values<std::int64_t>()[at] = value;
      if (tensor.type() == tensors::DType::Int32)
        tensor.values<std::int32_t>()[at] = static_cast<std::int32_t>(value);
    }
    return tensor;
  }
};

TEST_F(conversion, bert_with_its_pooler) { expect_all_agree(TinyBert()); }

TEST_F(conversion, bert_with_one_token_type_whose_config_is_long_and_has_nulls) {
  TinyBert tiny;
  tiny.config["type_vocab_size"] = 1;
  tiny.config["hidden_act"] = nullptr;
  tiny.config["layer_norm_eps"] = nullptr;
  tiny.config["remark"] = std::string(3 << 20, 'x');
  tiny.add("embeddings.token_type_embeddings.weight", {1, 32});
  expect_all_agree(tiny);
}

TEST_F(conversion, bert_with_more_token_types_than_keras_knows_says_so) {
  TinyBert tiny;
  tiny.config["type_vocab_size"] = 3;
  tiny.add("embeddings.token_type_embeddings.weight", {3, 32});
  write(tiny);
  try {
    make("saved_model/float32");
    FAIL() << "it was made";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("tiny: saved_model/float32: "), HasSubstr("'type_vocab_size' is 3")));
  }
}

TEST_F(conversion, bert_for_token_labels_which_has_no_pooler_and_gelu_by_tanh) {
  TinyBert tiny;
  tiny.config["architectures"] = {"BertForTokenClassification"};
  tiny.config["hidden_act"] = "gelu_new";
  tiny.config["layer_norm_eps"] = 0.1;
  tiny.config["num_labels"] = 5;
  std::erase_if(tiny.weights, [](const auto& entry) { return entry.first.starts_with("pooler"); });
  tiny.add_pair("classifier", {5, 32});
  expect_all_agree(tiny);
}

TEST_F(conversion, distilbert_for_labels_of_texts) {
  auto tiny = builder::tiny_distilbert();
  tiny.config["architectures"] = {"DistilBertForSequenceClassification"};
  tiny.config["num_labels"] = 3;
  tiny.add_pair("pre_classifier", {32, 32});
  tiny.add_pair("classifier", {3, 32});
  expect_all_agree(tiny);
}

TEST_F(conversion, roberta_whose_padding_has_no_position) {
  auto tiny = builder::tiny_roberta();
  expect_all_agree(tiny);
}

TEST_F(conversion, a_second_time_it_comes_from_the_cache) {
  write(TinyBert());
  EXPECT_FALSE(make("saved_model/float32").cached);
  EXPECT_THAT(messages_, Contains(HasSubstr("tiny: saved_model/float32: being built")));
  messages_.clear();
  EXPECT_TRUE(make("saved_model/float32").cached);
  EXPECT_TRUE(messages_.empty());
}

TEST_F(conversion, that_needs_more_memory_than_there_is_does_not_begin) {
  write(TinyBert());
  try {
    make("saved_model/float32", std::int64_t{100} << 20);
    FAIL() << "it began";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("needs up to 1.00 GB of memory, 105 MB are free"));
  }
}

TEST_F(conversion, that_is_killed_leaves_nothing_that_is_used) {
  write(TinyBert());
  // Until it tells that it reads the checkpoint: then half of it lies in the cache.
  process::SpawnRequest spawn;
  spawn.arguments = {"/bin/sh", "-c",
                     "\"$0\" build < \"$1\" 2>&1 | { grep -m 1 -q 'reading the checkpoint' && kill -9 $$; }",
                     (base::libexec_folder() / "inferometer-builder").string(),
                     (folder_.path() / "request").string()};
  builder_client::ModelRequest request;
  request.reference = {models::Reference::Kind::Checkpoint, "tiny", folder_.path() / "checkpoint", {}};
  request.target.variant = results::parse_variant("saved_model/float32");
  request.target.batch_size = kRows;
  request.target.sequence_length = kTokens;
  request.target.memory_bytes = kMemory;
  request.cache = folder_.path() / "cache";
  base::write_file_atomically(folder_.path() / "request", base::to_line(builder_client::to_json(request)));
  EXPECT_TRUE(process::run(spawn, std::chrono::minutes(2)).exit.signalled);
  EXPECT_FALSE(make("saved_model/float32").cached);
}

}  // namespace
}  // namespace inferometer
