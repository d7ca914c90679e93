#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/files.h"
#include "inputs/make_inputs.h"
#include "inputs/sample_models.h"
#include "packages/script.h"
#include "tensors/files.h"

namespace inferometer::inputs {
namespace {

namespace fs = std::filesystem;

class Make : public testing::Test {
 protected:
  /// A prepare child that keeps its question and answers with `answer`.
  fs::path child_that_answers(const std::string& answer, int exit_code) const {
    const auto program = folder_.path() / "child";
    std::ofstream(program) << "#!/bin/sh\ncat > '" << (folder_.path() / "question").string() << "'\necho '"
                           << answer << "'\necho 'last words' >&2\nexit " << exit_code << "\n";
    ::chmod(program.c_str(), 0755);
    return program;
  }
  std::string refusal(const Request& request, const fs::path& program) const {
    return message_of([&] { make(request, program, folder_.path()); });
  }

  base::ScratchFolder folder_{"make-test"};
};

TEST_F(Make, the_child_is_told_everything_and_believed) {
  Request request = text_request();
  request.files = {{"input_ids", "some/ids.npy"}};
  const auto program = child_that_answers(
      R"({"sets":["a.safetensors"],"shapes":{"input_ids":[1,128]},"values":"file ids.npy","unequal":["one set only"]})",
      0);
  const Made made = make(request, program, folder_.path());
  EXPECT_EQ(made.sets, std::vector<fs::path>{"a.safetensors"});
  EXPECT_EQ(made.shapes.at("input_ids"), (std::vector<std::int64_t>{1, 128}));
  EXPECT_EQ(made.unequal, std::vector<std::string>{"one set only"});
  const Order order =
      order_from_json(base::parse_json(base::read_file(folder_.path() / "question", 1 << 20), "question"));
  EXPECT_EQ(order.request.model.inputs.size(), 2u);
  EXPECT_EQ(order.request.model.inputs[0].index_bound, 30522);
  EXPECT_EQ(order.request.seed, 7u);
  EXPECT_EQ(order.folder, folder_.path());
  ASSERT_EQ(order.sources.size(), 1u);
  EXPECT_EQ(order.sources[0].input, "input_ids");
  EXPECT_EQ(order.sources[0].file, "some/ids.npy");
  EXPECT_EQ(order.sources[0].shown, "file ids.npy");
}

TEST_F(Make, the_childs_message_is_ours) {
  EXPECT_EQ(refusal(text_request(), child_that_answers(R"({"error":"ids.npy: is cut"})", 2)),
            "ids.npy: is cut");
}

TEST_F(Make, a_child_that_dies_or_babbles_is_named_with_its_last_words) {
  const std::string message = refusal(text_request(), child_that_answers("", 3));
  EXPECT_NE(message.find("exit code 3"), std::string::npos) << message;
  EXPECT_NE(message.find("last words"), std::string::npos) << message;
  EXPECT_NE(refusal(text_request(), child_that_answers("garbage", 0)).find("not JSON"), std::string::npos);
}

TEST_F(Make, shapes_are_checked_before_any_child_runs) {
  Request request = text_request();
  request.batch_size = 0;
  EXPECT_NE(refusal(request, "/nonexistent").find("--batch-sizes"), std::string::npos);
}

TEST_F(Make, texts_need_a_model_of_texts_and_its_tokenizer) {
  Request request = one_input("x", "float32");
  request.texts = "reviews.txt";
  EXPECT_EQ(
      refusal(request, "/nonexistent"),
      "--texts reviews.txt: the model has no input input_ids [batch, sequence] (inputs: x float32 [2, 3])");
  request = text_request();
  request.texts = "reviews.txt";
  request.tokenizer = folder_.path() / "tokenizer.json";
  EXPECT_NE(refusal(request, "/nonexistent").find("tokenizer.json there"), std::string::npos);
}

TEST_F(Make, without_the_toolchain_the_line_that_installs_it_is_told) {
  const char* moved = std::getenv("INFEROMETER_HOME");
  const std::string home = moved == nullptr ? "" : moved;
  ::setenv("INFEROMETER_HOME", folder_.path().c_str(), 1);
  ::setenv("INFEROMETER_SHARE", std::getenv("INFEROMETER_TEST_SOURCE"), 1);
  const std::string message = message_of(
      [] { packages::find_toolchain(packages::Store::open(), "inputs", "texts are read by libraries"); });
  ::unsetenv("INFEROMETER_SHARE");
  moved == nullptr ? ::unsetenv("INFEROMETER_HOME") : ::setenv("INFEROMETER_HOME", home.c_str(), 1);
  EXPECT_NE(message.find("inferometer packages install inputs"), std::string::npos) << message;
}

TEST_F(Make, the_ids_of_872_sentences_are_the_published_ones) {
  const fs::path source = std::getenv("INFEROMETER_TEST_SOURCE");
  const auto texts = source / "../shared/data/text";
  if (!fs::exists(texts / "sst2_bert_ids.tsv"))
    GTEST_SKIP() << "sst2_bert_ids.tsv, the published ids, is not there";
  ::setenv("INFEROMETER_SHARE", source.c_str(), 1);
  packages::Toolchain toolchain;
  const std::string missing = message_of([&] {
    toolchain = packages::find_toolchain(packages::Store::open(), "inputs", "texts are read by libraries");
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
                    {"inputs", {{"input_ids", "int64"}, {"attention_mask", "int64"}}},
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
}  // namespace inferometer::inputs
