#include "builder/inputs/sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/files.h"
#include "base/json.h"
#include "base/test_fixture.h"
#include "inputs/request_fixture.h"
#include "packages/script.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;
using base::message_of;
using inputs::one_input;
using inputs::Request;
using inputs::text_request;

class Sources : public testing::Test {
 protected:
  std::string refusal(const Request& request) const {
    return message_of([&] { sources_of(request, inputs::resolve_shapes(request), folder_.path()); });
  }

  base::ScratchFolder folder_{"sources-test"};
};

TEST_F(Sources, texts_need_a_model_of_texts_and_its_tokenizer) {
  Request request = one_input("x", "float32");
  request.texts = "reviews.txt";
  EXPECT_EQ(refusal(request),
            "--texts reviews.txt: the model has no input of token ids [batch, sequence] (inputs: x float32 "
            "[2, 3])");
  request = text_request();
  request.texts = "reviews.txt";
  request.tokenizer = folder_.path() / "tokenizer.json";
  EXPECT_NE(refusal(request).find("tokenizer.json there"), std::string::npos);
}

TEST_F(Sources, without_the_toolchain_the_line_that_installs_it_is_reported) {
  const char* moved = std::getenv("INFEROMETER_HOME");
  const std::string home = moved == nullptr ? "" : moved;
  ::setenv("INFEROMETER_HOME", folder_.path().c_str(), 1);
  ::setenv("INFEROMETER_SHARE", std::getenv("INFEROMETER_TEST_SOURCE"), 1);
  const std::string message = message_of(
      [] { packages::find_toolchain(packages::Installed::open(), "inputs", "texts are read by libraries"); });
  ::unsetenv("INFEROMETER_SHARE");
  moved == nullptr ? ::unsetenv("INFEROMETER_HOME") : ::setenv("INFEROMETER_HOME", home.c_str(), 1);
  EXPECT_NE(message.find("inferometer packages install inputs"), std::string::npos) << message;
}

TEST_F(Sources, the_ids_of_872_sentences_are_the_published_ones) {
  const fs::path source = std::getenv("INFEROMETER_TEST_SOURCE");
  const auto texts = source / "../shared/data/text";
  if (!fs::exists(texts / "sst2_bert_ids.tsv"))
    GTEST_SKIP() << "sst2_bert_ids.tsv, the published ids, is not there";
  ::setenv("INFEROMETER_SHARE", source.c_str(), 1);
  packages::Toolchain toolchain;
  const std::string missing = message_of([&] {
    toolchain =
        packages::find_toolchain(packages::Installed::open(), "inputs", "texts are read by libraries");
  });
  ::unsetenv("INFEROMETER_SHARE");
  if (missing != "no error") GTEST_SKIP() << missing;

  std::ifstream labelled(texts / "sst2_sentences.txt");
  std::ofstream sentences(folder_.path() / "sentences.txt");
  for (std::string line; std::getline(labelled, line);)
    sentences << line.substr(line.rfind('\t') + 1) << '\n';
  sentences.close();
  const auto output = folder_.path() / "ids.safetensors";
  base::Json job = {{"texts", (folder_.path() / "sentences.txt").string()},
                    {"tokenizer", (texts / "tiny_sst2" / "tokenizer.json").string()},
                    {"batch_size", 109},
                    {"sequence_length", 64},
                    {"sets", 8},
                    {"from_end", false},
                    {"inputs",
                     {{"input_ids", {{"column", "ids"}, {"dtype", "int64"}}},
                      {"attention_mask", {{"column", "attention_mask"}, {"dtype", "int64"}}}}},
                    {"output", output.string()}};
  EXPECT_EQ(packages::run_script(toolchain, {.script = "tokenize_texts.py", .job = job}).answer.at("rows"),
            872);
  const auto ids = tensors::SafetensorsFile(output).read("input_ids");
  ASSERT_EQ(ids.shape(), (tensors::Shape{872, 64}));
  std::ifstream published(texts / "sst2_bert_ids.tsv");
  for (const std::int64_t id : ids.values<std::int64_t>()) {
    std::int64_t expected = -1;
    published >> expected;
    ASSERT_EQ(id, expected);
  }

  job.update({{"sets", 2}, {"from_end", true}});
  packages::run_script(toolchain, {.script = "tokenize_texts.py", .job = job});
  const auto last = tensors::SafetensorsFile(output).read("input_ids");
  ASSERT_EQ(last.shape(), (tensors::Shape{218, 64}));
  const auto all = ids.values<std::int64_t>();
  EXPECT_TRUE(std::ranges::equal(last.values<std::int64_t>(), all.subspan(all.size() - 218 * 64)));
}

}  // namespace
}  // namespace inferometer::builder
