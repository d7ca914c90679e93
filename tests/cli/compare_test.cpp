#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text.h"
#include "builder/families/checkpoint_fixture.h"
#include "record/reader.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(compare_null, half_more_work_is_found_and_printed_with_its_interval) {
  const Binary binary;
  const auto finished = binary.run(quick_null());
  ASSERT_EQ(finished.exit.code, base::kExitOk) << finished.log;
  EXPECT_THAT(finished.output, HasSubstr("null work=300000"));
  EXPECT_THAT(finished.output, HasSubstr("slower"));
  EXPECT_THAT(finished.output, HasSubstr("these loads"));
  EXPECT_THAT(finished.log, HasSubstr("report.md"));
  EXPECT_THAT(finished.log, HasSubstr("seed 7"));
  EXPECT_THAT(finished.output, Not(HasSubstr("\x1b["))) << "no colours but on a terminal";
}

TEST(compare_null, the_record_is_whole_and_ended) {
  const Binary binary;
  binary.run(quick_null());
  ASSERT_EQ(binary.records().size(), 1u);
  const auto check = record::check(binary.records()[0]);
  EXPECT_TRUE(check.ended);
  EXPECT_THAT(check.problems, testing::IsEmpty());
  const auto experiment = record::read(binary.records()[0]);
  EXPECT_EQ(experiment.stops.at(0).verdicts.at("c1"), results::VerdictKind::Slower);
  EXPECT_EQ(experiment.harness_costs.size(), 1u);
  EXPECT_EQ(experiment.truth_checks.size(), 2u);
}

TEST(compare_null, every_format_is_regenerated_from_the_record_byte_for_byte) {
  const Binary binary;
  const auto first = binary.home() / "first";
  const auto second = binary.home() / "second";
  ASSERT_EQ(binary.run(quick_null({"--output", first.string()})).exit.code, 0);
  ASSERT_EQ(binary.run({"report", "last", "--output", second.string()}).exit.code, 0);
  for (const char* name : {"report.md", "report.html", "results.json"}) {
    EXPECT_EQ(base::read_file(first / name, 1 << 24), base::read_file(second / name, 1 << 24)) << name;
  }
}

TEST(compare_null, json_on_stdout_is_nothing_but_json) {
  const Binary binary;
  const auto finished = binary.run(quick_null({"-o", "json"}));
  const auto json = base::parse_json(finished.output, "stdout");
  EXPECT_EQ(json.at("schema_version"), 2);
}

TEST(compare_null, exports_go_to_the_files_that_are_named) {
  const Binary binary;
  const auto file = binary.home() / "x.json";
  ASSERT_EQ(binary.run(quick_null({"--export", "json=" + file.string()})).exit.code, 0);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(compare_null, a_dry_run_prints_the_plan_and_measures_nothing) {
  const Binary binary;
  const auto finished = binary.run(quick_null({"--dry-run"}));
  EXPECT_EQ(finished.exit.code, 0);
  EXPECT_THAT(finished.output, HasSubstr("null work=200000  (baseline)"));
  EXPECT_THAT(finished.output, HasSubstr("2 candidates in 1 group"));
  EXPECT_TRUE(binary.records().empty());
}

TEST(compare_null, standard_is_about_the_configuration_across_fresh_loads) {
  const Binary binary;
  const auto finished = binary.run({"compare", "null", "--candidate", "null,work=200000", "--candidate",
                                    "null,work=300000", "--seed", "7"});
  ASSERT_EQ(finished.exit.code, 0) << finished.log;
  EXPECT_THAT(finished.output, HasSubstr("fresh loads"));
  EXPECT_GE(record::read(binary.records()[0]).load_sets.size(), 7u);
}

TEST(compare_null, the_same_seed_draws_the_same_orders) {
  const Binary binary;
  const std::vector<std::string> exact = {
      "compare", "null",  "--candidate",    "null,work=200000", "--candidate", "null,work=200000",
      "--mode",  "quick", "--exact-counts", "--seed",           "11"};
  binary.run(exact);
  binary.run(exact);
  ASSERT_EQ(binary.records().size(), 2u);
  const auto a = record::read(binary.records()[0]);
  const auto b = record::read(binary.records()[1]);
  for (std::size_t load = 0; load < a.load_sets[0].loads.size(); ++load) {
    const auto& blocks = b.load_sets[0].loads[load].blocks;
    for (std::size_t i = 0; i < std::min(blocks.size(), a.load_sets[0].loads[load].blocks.size()); ++i) {
      EXPECT_EQ(a.load_sets[0].loads[load].blocks[i].position, blocks[i].position);
    }
  }
}

/// With the packages of the machine, and a checkpoint of which no SavedModel can be made.
class CompareVariants : public testing::Test {
 protected:
  void SetUp() override {
    const auto packages = base::cache_folder() / "packages";
    if (!std::filesystem::exists(packages / "tensorflow-toolchain") ||
        !std::filesystem::exists(packages / "litert"))
      GTEST_SKIP() << "needs: inferometer packages install tensorflow-toolchain litert";
    std::filesystem::create_directories(binary_.home() / "cache");
    std::filesystem::create_directory_symlink(packages, binary_.home() / "cache" / "packages");
    builder::TinyBert tiny;
    tiny.config["type_vocab_size"] = 3;
    tiny.add("embeddings.token_type_embeddings.weight", {3, 32});
    std::filesystem::create_directory(binary_.home() / "tiny");
    tiny.write(binary_.home() / "tiny");
  }

  process::Finished run(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"compare", "./tiny",     "--sequence-lengths",
                                      "9",       "--variants", "tflite/float32,tflite/float16,tflite/int8"};
    words.insert(words.end(), more.begin(), more.end());
    return binary_.run(words);
  }

  Binary binary_;
};

TEST_F(CompareVariants, a_dry_run_tells_what_building_them_takes) {
  const auto finished = run({"--dry-run"});
  EXPECT_EQ(finished.exit.code, 0) << finished.log;
  EXPECT_THAT(finished.output, HasSubstr("building variants takes about"));
  EXPECT_THAT(finished.output, HasSubstr("up to 1.00 GB of memory"));
  EXPECT_THAT(binary_.run({"compare", "./tiny", "--variants", "onnx/float32", "--dry-run"}).output,
              Not(HasSubstr("building variants")));
}

TEST_F(CompareVariants, what_all_are_made_of_is_tried_once_and_its_problem_printed_once) {
  const auto finished = run({"--mode", "quick"});
  EXPECT_EQ(finished.exit.code, base::kExitUsage);
  int tried = 0, nothing = 0;
  for (const auto& line : base::split(finished.log, '\n')) {
    tried += line.find("saved_model/float32: being built") != std::string::npos ? 1 : 0;
    nothing += line.find("nothing can run: ./tiny: saved_model/float32: ") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(tried, 1) << finished.log;
  EXPECT_EQ(nothing, 1) << finished.log;
}

TEST(help, every_command_shows_examples) {
  const Binary binary;
  for (const char* command :
       {"compare", "report", "record", "resume", "packages", "selftest", "doctor", "completion"}) {
    const auto finished = binary.run({command, "--help"});
    EXPECT_EQ(finished.exit.code, 0);
    EXPECT_THAT(finished.output, HasSubstr(std::string("inferometer ") + command)) << command;
  }
}

TEST(completion, bash_completes_commands_and_flags_for_real) {
  const Binary binary;
  const auto script = binary.run({"completion", "bash"});
  ASSERT_EQ(script.exit.code, 0);
  process::SpawnRequest request;
  request.arguments = {
      "/bin/bash", "-c",
      script.output +
          "\nCOMP_WORDS=(inferometer compare --bat); COMP_CWORD=2; _inferometer; echo \"${COMPREPLY[*]}\""};
  request.capture_standard_output = true;
  const auto finished = process::run(request, std::chrono::seconds(10));
  EXPECT_THAT(finished.output, HasSubstr("--batch-sizes")) << finished.log;
}

}  // namespace
}  // namespace inferometer::tests
