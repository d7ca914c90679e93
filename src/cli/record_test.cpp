// `record` and `report` as functions, on a record folder of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "cli/record.h"
#include "cli/report.h"
#include "record/list.h"
#include "record/writer.h"

namespace inferometer::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Said {
  int exit_code = 0;
  std::string out;
  std::string err;
};

template <typename Action>
Said said_by(Action action) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Said said;
  said.exit_code = action();
  said.out = ::testing::internal::GetCapturedStdout();
  said.err = ::testing::internal::GetCapturedStderr();
  return said;
}

Said record_says(RecordAction action, const std::string& experiment = "") {
  return said_by([&] { return run_record({action, experiment}); });
}

class RecordCommands : public ::testing::Test {
 protected:
  void SetUp() override { ::setenv("INFEROMETER_HOME", home_.path().c_str(), 1); }
  void TearDown() override { ::unsetenv("INFEROMETER_HOME"); }

  /// A record with one group, of which nothing was measured.
  std::filesystem::path record(const std::string& id, const std::string& model = "minilm",
                               const std::string& set = "") {
    record::Header header;
    header.id = id;
    header.title = "compare";
    header.started_utc = "2026-11-23T10:00:00Z";
    header.plan.command = "inferometer compare " + model;
    header.plan.set = set;
    auto& group = header.plan.groups.emplace_back();
    group.id = "g0";
    group.workload.model = model;
    group.baseline = "c0";
    auto& candidate = group.candidates.emplace_back();
    candidate.id = "c0";
    candidate.label = "onnxruntime";
    const auto writer = record::Writer::create(record::record_folder(), header);
    results::TruthCheck truth;
    truth.candidate = "c0";
    truth.passed = truth.verified = true;
    writer->keep(truth);
    writer->end();
    return writer->file();
  }

  static void damage(const std::filesystem::path& file) {
    std::string bytes = base::read_file(file, 1 << 20);
    bytes[bytes.find("truth_check") + 40] ^= 1;
    std::ofstream(file, std::ios::binary) << bytes;
  }

  base::ScratchFolder home_{"record-commands-test"};
  const std::string id_ = "0123456789abcdef0123456789abcdef";
};

TEST_F(RecordCommands, an_empty_record_is_a_line_on_stderr_and_no_error) {
  const auto said = record_says(RecordAction::List);
  EXPECT_EQ(said.exit_code, base::kExitOk);
  EXPECT_EQ(said.out, "");
  EXPECT_THAT(said.err, HasSubstr("run  inferometer compare MODEL"));
  EXPECT_EQ(record_says(RecordAction::Check).exit_code, base::kExitOk);
}

TEST_F(RecordCommands, list_show_and_path_tell_of_a_record) {
  const auto file = record(id_);
  const auto listed = record_says(RecordAction::List).out;
  EXPECT_THAT(listed,
              HasSubstr("01234567  2026-11-23T10:00:00Z  ended  compare  inferometer compare minilm\n"));
  const auto shown = record_says(RecordAction::Show).out;
  EXPECT_THAT(shown, HasSubstr(id_));
  EXPECT_THAT(shown, HasSubstr("minilm, batch 1, 1 candidate, 0 load sets, not finished"));
  EXPECT_EQ(record_says(RecordAction::Path).out, record::record_folder().string() + "\n");
  EXPECT_EQ(record_says(RecordAction::Path, "0123").out, file.string() + "\n");
}

TEST_F(RecordCommands, check_of_a_damaged_record_names_the_line_and_exits_with_4) {
  const auto file = record(id_);
  EXPECT_EQ(record_says(RecordAction::Check).exit_code, base::kExitOk);
  damage(file);
  for (const auto& word : {std::string(), id_}) {
    const auto said = record_says(RecordAction::Check, word);
    EXPECT_EQ(said.exit_code, base::kExitRecord);
    EXPECT_THAT(said.out, HasSubstr("line 2: sha256 differs"));
  }
  EXPECT_EQ(record_says(RecordAction::Show, id_).exit_code, base::kExitRecord);
}

TEST_F(RecordCommands, copies_that_contradict_each_other_are_found_by_check) {
  const auto file = record(id_);
  std::filesystem::create_directories(record::record_folder() / "elsewhere");
  std::filesystem::rename(file, record::record_folder() / "elsewhere" / "copy.jsonl");
  record(id_, "other");
  const auto said = record_says(RecordAction::Check);
  EXPECT_EQ(said.exit_code, base::kExitRecord);
  EXPECT_THAT(said.out, HasSubstr("another copy of this experiment has other lines"));
}

TEST_F(RecordCommands, names_of_strangers_reach_the_terminal_without_escapes) {
  record(id_, "evil\x1b[2J");
  for (const auto action : {RecordAction::List, RecordAction::Show}) {
    EXPECT_THAT(record_says(action).out, Not(HasSubstr("\x1b")));
  }
}

TEST_F(RecordCommands, report_makes_every_format_again_with_the_same_bytes) {
  record(id_);
  ReportArguments arguments;
  arguments.outputs.files.format = "jsonl";
  arguments.outputs.files.folder = (home_.path() / "a").string();
  arguments.outputs.files.exports = {"json=" + (home_.path() / "b.json").string()};
  const auto said = said_by([&] { return run_report(arguments); });
  EXPECT_EQ(said.exit_code, base::kExitOk);
  EXPECT_THAT(said.out, HasSubstr("\"label\":\"onnxruntime\""));
  EXPECT_THAT(said.err, HasSubstr("wrote  "));
  for (const char* name : {"report.md", "report.html", "results.json", "results.csv", "results.jsonl"}) {
    EXPECT_TRUE(std::filesystem::exists(home_.path() / "a" / name)) << name;
  }
  EXPECT_EQ(base::read_file(home_.path() / "a" / "results.json", 1 << 20),
            base::read_file(home_.path() / "b.json", 1 << 20));
}

TEST_F(RecordCommands, the_files_of_a_set_are_written_for_its_experiments_only) {
  const char* const names[] = {"bert_comparison_results.json", "bert_comparison_report.md"};
  record(id_);
  record(std::string(32, 'b'), "bert-base-uncased", "bert");
  for (const auto& experiment : {id_, std::string("bbbb")}) {
    ReportArguments arguments{.experiment = experiment};
    arguments.outputs.files.folder = (home_.path() / experiment).string();
    EXPECT_EQ(said_by([&] { return run_report(arguments); }).exit_code, base::kExitOk);
    EXPECT_TRUE(std::filesystem::exists(home_.path() / experiment / "results.json"));
    for (const char* name : names)
      EXPECT_EQ(std::filesystem::exists(home_.path() / experiment / name), experiment == "bbbb") << name;
  }
}

TEST_F(RecordCommands, a_format_of_another_set_is_refused_before_anything_is_written) {
  record(id_);
  ReportArguments arguments;
  arguments.outputs.files.folder = (home_.path() / "never").string();
  const auto message = [&] {
    try {
      run_report(arguments);
    } catch (const base::UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  arguments.outputs.files.format = "bert-md";
  EXPECT_EQ(message(),
            "format 'bert-md' tells of an experiment of --set bert, and this one is of no set: choose table, "
            "md, html, "
            "json, csv, jsonl");
  arguments.outputs.files.format = "json";
  arguments.outputs.files.exports = {"bert-json=" + (home_.path() / "b.json").string()};
  EXPECT_THAT(message(), HasSubstr("format 'bert-json'"));
  EXPECT_TRUE(std::filesystem::is_empty(arguments.outputs.files.folder));
  EXPECT_FALSE(std::filesystem::exists(home_.path() / "b.json"));
}

TEST_F(RecordCommands, a_report_of_a_damaged_record_is_made_of_the_rest_and_exits_with_4) {
  damage(record(id_));
  const auto said = said_by([&] { return run_report({}); });
  EXPECT_EQ(said.exit_code, base::kExitRecord);
  EXPECT_THAT(said.out, HasSubstr("minilm"));
  EXPECT_THAT(said.err, HasSubstr("line 2: sha256 differs"));
}

TEST_F(RecordCommands, wrong_words_are_refused_before_anything_is_written) {
  record(id_);
  ReportArguments arguments;
  arguments.outputs.files.folder = (home_.path() / "never").string();
  arguments.outputs.files.exports = {"jsn=x"};
  EXPECT_THROW(run_report(arguments), base::UserError);
  arguments.outputs.files.exports = {"json"};
  EXPECT_THROW(run_report(arguments), base::UserError);
  EXPECT_FALSE(std::filesystem::exists(arguments.outputs.files.folder));
  arguments.outputs.files.exports.clear();
  arguments.experiment = "nothing";
  EXPECT_THROW(run_report(arguments), base::UserError);
}

}  // namespace
}  // namespace inferometer::cli
