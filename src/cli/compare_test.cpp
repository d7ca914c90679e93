#include "cli/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "cli/flags.h"
#include "cli/parse_fixture.h"

namespace inferometer::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

experiment::Request request(const std::vector<std::string>& words) {
  return request_of(parsed<CompareArguments>(words), "inferometer compare");
}

std::string message_of(const std::vector<std::string>& words) {
  try {
    request(words);
  } catch (const base::UserError& error) {
    return error.what();
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "no error";
}

TEST(compare_flags, without_any_ask_for_the_defaults) {
  const auto one = request({"minilm"});
  EXPECT_THAT(one.models, ElementsAre("minilm"));
  EXPECT_EQ(one.title, "compare");
  EXPECT_EQ(one.plan.command, "inferometer compare");
  EXPECT_THAT(one.plan.engines, IsEmpty());
  EXPECT_EQ(one.plan.effort.repeats, 3) << "standard";
  EXPECT_EQ(one.plan.cpus, 0) << "counted later";
  EXPECT_EQ(one.reports.format, "table");
  EXPECT_THAT(one.reports.folder, IsEmpty());
  EXPECT_FALSE(one.synthetic_weights);
}

TEST(compare_flags, lists_take_commas_and_repetitions_and_leave_the_next_word_to_MODEL) {
  const auto one =
      request({"--engines", "onnxruntime,openvino@2025.4.1", "--engines", "litert", "a.onnx", "--devices",
               "cpu,cuda:0", "--threads", "1,all", "--batch-sizes", "1,8", "--sequence-lengths", "32",
               "b.onnx", "--precisions", "float32,bfloat16", "--variants", "tflite/int8"});
  EXPECT_THAT(one.models, ElementsAre("a.onnx", "b.onnx"));
  EXPECT_THAT(one.plan.engines, ElementsAre("onnxruntime", "openvino@2025.4.1", "litert"));
  EXPECT_THAT(one.plan.devices, ElementsAre("cpu", "cuda:0"));
  EXPECT_THAT(one.plan.threads, ElementsAre("1", "all"));
  EXPECT_THAT(one.plan.batch_sizes, ElementsAre(1, 8));
  EXPECT_THAT(one.plan.sequence_lengths, ElementsAre(32));
  EXPECT_THAT(one.plan.precisions, ElementsAre("float32", "bfloat16"));
  EXPECT_THAT(one.plan.variants, ElementsAre("tflite/int8"));
}

TEST(compare_flags, candidates_keep_their_commas_and_options_and_dimensions_are_pairs) {
  const auto one =
      request({"m", "--candidate", "null,work=3", "--candidate", "null,device=acc0", "--option",
               "null.work=7", "--dim", "height=3", "--prompt-lengths", "16,64", "--new-tokens", "8"});
  EXPECT_THAT(one.plan.candidates, ElementsAre("null,work=3", "null,device=acc0"));
  EXPECT_THAT(one.plan.options, ElementsAre(Pair("null.work", "7")));
  EXPECT_THAT(one.plan.dims, ElementsAre(Pair("height", 3)));
  EXPECT_THAT(one.plan.prompt_lengths, ElementsAre(16, 64));
  EXPECT_EQ(one.plan.new_tokens, 8);
}

TEST(compare_flags, change_the_effort_of_the_mode) {
  const auto effort =
      request({"m", "--mode", "quick", "--budget", "2.5", "--margin", "3", "--exact-counts"}).plan.effort;
  EXPECT_EQ(effort.mode, results::Mode::Quick);
  EXPECT_EQ(effort.budget_ns, 2'500'000'000);
  EXPECT_DOUBLE_EQ(effort.margin, 0.03);
  EXPECT_TRUE(effort.exact_counts);
}

TEST(compare_flags, paths_become_absolute_so_that_a_resumed_experiment_finds_them) {
  const base::ScratchFolder folder("compare-test");
  base::write_file_atomically(folder.path() / "x.npy", "x");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const auto one = request({"m", "--input", "a=x.npy", "--texts", "t.txt", "--images", "p", "--image-scaling",
                            "raw", "--export", "json=r.json", "--output", "out"});
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(before);
  EXPECT_THAT(one.inputs.files, ElementsAre(Pair("a", (here / "x.npy").string())));
  EXPECT_EQ(one.inputs.texts, (here / "t.txt").string());
  EXPECT_EQ(one.inputs.images, (here / "p").string());
  EXPECT_THAT(one.reports.exports, ElementsAre("json=" + (here / "r.json").string()));
  EXPECT_EQ(one.reports.folder, (here / "out").string());
}

TEST(compare_flags, a_set_has_a_place_of_its_own_for_its_reports) {
  EXPECT_THAT(request({"m", "--set", "bert"}).reports.folder, HasSubstr("results/bert_comparison"));
  EXPECT_THAT(message_of({"m", "--set", "bert", "--engines", "litert"}),
              HasSubstr("--set excludes --engines"));
}

TEST(compare_flags, wrong_values_are_refused_with_their_flag) {
  EXPECT_THAT(message_of({"m", "--mode", "quik"}), HasSubstr("--mode: unknown mode 'quik'"));
  EXPECT_THAT(message_of({"m", "--budget", "-3"}), HasSubstr("--budget: give seconds"));
  EXPECT_THAT(message_of({"m", "--margin", "100"}), HasSubstr("--margin: give a percentage"));
  EXPECT_THAT(message_of({"m", "--dim", "h"}), HasSubstr("--dim 'h': write --dim NAME=VALUE"));
  EXPECT_THAT(message_of({"m", "--dim", "h=0"}), HasSubstr("--dim h: '0' is no size"));
  EXPECT_THAT(message_of({"m", "--option", "x"}), HasSubstr("--option 'x'"));
  EXPECT_THAT(message_of({"m", "--input", "a=nosuch.npy"}), HasSubstr("--input nosuch.npy: no such file"));
  EXPECT_THAT(message_of({"m", "--seed", "-1"}), HasSubstr("whole number from 0"));
  EXPECT_THAT(message_of({"m", "--image-scaling", "raw"}), HasSubstr("--images"));
}

TEST(flag_of, a_field_is_the_flag_of_its_name_or_of_one_of_its_items) {
  EXPECT_EQ(flag_of("batch_sizes"), "--batch-sizes");
  EXPECT_EQ(flag_of("candidates"), "--candidate");
  EXPECT_EQ(flag_of("dims"), "--dim");
  EXPECT_EQ(flag_of("options"), "--option");
  try {
    naming_flags([]() -> int { throw base::FieldError("new_tokens", "found 0"); });
    FAIL() << "no error";
  } catch (const base::UserError& error) {
    EXPECT_STREQ(error.what(), "--new-tokens: found 0");
  }
}

}  // namespace
}  // namespace inferometer::cli
