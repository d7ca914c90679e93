#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/parse_fixture.h"
#include "cli/report.h"
#include "cli/resume.h"
#include "cli/suite.h"

namespace inferometer::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string wrong(std::vector<std::string> words) {
  CommandLine line;
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  try {
    line.parse(static_cast<int>(pointers.size()), pointers.data());
  } catch (const CLI::ParseError& error) {
    return explain(line.app(), words, error);
  }
  return "no error";
}

TEST(command_line, every_command_has_a_name_of_its_own_a_summary_and_examples) {
  CommandLine line;
  std::set<std::string> names;
  for (const auto& command : commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_STRNE(command.summary, "");
    EXPECT_THAT(line.app().get_subcommand(command.name)->get_footer(), HasSubstr("examples:"))
        << command.name;
  }
  EXPECT_TRUE(names.contains("resume"));
}

TEST(command_line, help_names_each_default_once_and_not_what_excludes_what) {
  CommandLine line;
  for (const auto& command : commands()) {
    const auto help = line.app().get_subcommand(command.name)->help();
    EXPECT_THAT(help, Not(HasSubstr("Excludes"))) << help;
    EXPECT_THAT(help, Not(HasSubstr("Needs"))) << help;
  }
  const auto help = line.app().get_subcommand("compare")->help();
  EXPECT_THAT(help, HasSubstr("full (margin 1 %, 15 min); default: standard"));
  EXPECT_THAT(help, HasSubstr("minilm")) << "known names";
  EXPECT_THAT(help, HasSubstr("bert, engines")) << "known sets";
}

TEST(command_line, wrong_words_are_explained_with_the_nearest_and_the_help_to_read) {
  EXPECT_THAT(wrong({"inferometer", "compaer", "x"}), HasSubstr("did you mean 'compare'?"));
  EXPECT_THAT(wrong({"inferometer", "compare", "x", "--engine", "null"}),
              HasSubstr("unknown flag --engine: did you mean --engines?\nsee: inferometer compare --help"));
  EXPECT_THAT(wrong({"inferometer", "record", "lst"}), HasSubstr("see: inferometer record --help"));
  EXPECT_THAT(wrong({"inferometer"}), HasSubstr("see: inferometer --help"));
  EXPECT_THAT(wrong({"inferometer", "compare", "x", "--batch-sizes", "y"}), HasSubstr("--batch-sizes"));
  EXPECT_EQ(wrong({"inferometer", "record", "show", "last"}), "no error");
}

TEST(suite_flags, become_what_goes_before_the_file) {
  const auto one = parsed<SuiteArguments>({"full", "--mode", "quick", "--batch-sizes", "1,4", "--threads",
                                           "all", "--budget", "2", "--margin", "3", "--seed", "9",
                                           "--dry-run", "--output", "out"});
  EXPECT_EQ(one.suite, "full");
  EXPECT_EQ(one.overrides.mode, "quick");
  EXPECT_THAT(one.overrides.batch_sizes, ElementsAre(1, 4));
  EXPECT_THAT(one.overrides.threads, ElementsAre("all"));
  EXPECT_EQ(one.overrides.budget_seconds, 2.0);
  EXPECT_EQ(one.overrides.margin_percent, 3.0);
  EXPECT_EQ(one.seed, 9u);
  EXPECT_TRUE(one.dry_run);
  EXPECT_EQ(one.output, "out");
  EXPECT_THROW(parsed<SuiteArguments>({"full", "--mode", "quik"}), CLI::ParseError);
  EXPECT_THROW(parsed<SuiteArguments>({"full", "--batch-sizes", "0"}), CLI::ParseError);
}

TEST(resume_flags, default_to_the_last_experiment_and_to_the_outputs_of_its_command) {
  EXPECT_EQ(parsed<ResumeArguments>({}).what, "last");
  const auto one =
      parsed<ResumeArguments>({"3f9a", "-o", "md", "--export", "json=x.json", "--progress", "none"});
  EXPECT_EQ(one.what, "3f9a");
  EXPECT_EQ(one.outputs.files.format, "md");
  EXPECT_THAT(one.outputs.files.exports, ElementsAre("json=x.json"));
  EXPECT_EQ(one.progress, "none");
  EXPECT_THROW(parsed<ResumeArguments>({"last", "--mode", "quick"}), CLI::ParseError);
}

TEST(report_flags, name_an_experiment_or_a_folder_of_a_suite) {
  EXPECT_EQ(parsed<ReportArguments>({}).experiment, "last");
  EXPECT_EQ(parsed<ReportArguments>({"--consolidated", "x", "--output", "y"}).consolidated, "x");
  EXPECT_THROW(parsed<ReportArguments>({"last", "--consolidated", "x"}), CLI::ParseError);
  EXPECT_THROW(parsed<ReportArguments>({"--output", ""}), CLI::ParseError);
}

TEST(completion, has_commands_flags_and_known_models_of_every_shell) {
  CommandLine line;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto script = completion_script(line.app(), shell);
    for (const char* word : {"compare", "resume", "sequence-lengths", "minilm"})
      EXPECT_THAT(script, HasSubstr(word)) << shell;
  }
  EXPECT_THROW(completion_script(line.app(), "csh"), base::UserError);
}

}  // namespace
}  // namespace inferometer::cli
