#include "report/markdown/consolidated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "base/files.h"
#include "base/text.h"
#include "report/report_fixture.h"
#include "report/suite_files.h"
#include "report/tables/rows.h"

namespace inferometer::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

SuitePart part_of(const std::string& folder, const results::Experiment& experiment) {
  const auto analysis = test_analysis();
  return {folder, "", true, experiment, analysis, select::advise(experiment, analysis)};
}

Suite test_suite() {
  Suite suite;
  suite.command = "inferometer suite full --mode quick";
  suite.started_utc = "2026-11-23T10:00:00Z";
  suite.parts.push_back(part_of("bert_comparison/minilm", test_experiment()));
  suite.parts.back().experiment.plan.set = "bert";
  suite.parts.push_back({"image_models/resnet50", "its weights are not here: let Keras download them"});
  suite.parts.push_back(part_of("image_models/tiny", test_experiment()));
  return suite;
}

std::string print_file(const std::string& name, const Suite& suite) {
  for (const auto& file : suite_files()) {
    if (name == file.name) return file.print(suite);
  }
  throw std::out_of_range(name);
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

TEST(consolidated, prints_what_was_reviewed) {
  const auto file =
      std::filesystem::path(std::getenv("INFEROMETER_TEST_SOURCE")) / "tests/golden/consolidated_report.md";
  const auto text = print_consolidated(test_suite());
  if (std::getenv("INFEROMETER_UPDATE_GOLDEN") != nullptr) base::write_file_atomically(file, text);
  EXPECT_EQ(text, base::read_file(file, 1 << 20)) << "INFEROMETER_UPDATE_GOLDEN=1 writes " << file;
}

TEST(consolidated, has_every_candidate_of_every_part_and_names_what_is_missing) {
  const auto text = print_consolidated(test_suite());
  EXPECT_THAT(text, HasSubstr("2 of 3 have a record"));
  EXPECT_THAT(text, HasSubstr("resnet50: its weights are not here"));
  EXPECT_THAT(text, HasSubstr("synthetic weights (bert\\_comparison/minilm, image\\_models/tiny)"));
  for (const char* cells : {"| minilm, batch 1, sequence 128 | openvino | 3.68 ms | 3.64 ms |",
                            "| litert | - | - | - | - | - | - | crashed in load: SIGSEGV |",
                            "| minilm, batch 32, sequence 128 | openvino | 121 ms | 120 ms |"})
    EXPECT_EQ(count(text, cells), 2u) << "once for each part: " << cells;
  const auto skipped = test_experiment().plan.skipped.at(0);
  EXPECT_EQ(count(text, skipped.reason), 1u) << "one row for all parts";
}

TEST(consolidated, tables_hold_the_rows_of_each_part_behind_its_folder) {
  const auto suite = test_suite();
  const auto own = rows({suite.parts[0].experiment, suite.parts[0].analysis, suite.parts[0].advice});
  const auto all = base::split(print_file("all_results.csv", suite), '\n');
  EXPECT_EQ(all.size(), 2 * own.size() + 2) << "a head, the rows, the end of the last line";
  EXPECT_THAT(all[0], HasSubstr("folder,experiment,"));
  EXPECT_THAT(all[1], HasSubstr("bert_comparison/minilm," + suite.parts[0].experiment.id));
  EXPECT_THAT(all[own.size() + 1], HasSubstr("image_models/tiny,"));
  const auto bert = base::split(print_file("bert_comparison.csv", suite), '\n');
  EXPECT_EQ(bert.size(), own.size() + 2);
  EXPECT_THAT(print_file("bert_comparison.csv", suite), Not(HasSubstr("image_models")));
}

TEST(consolidated, a_part_of_another_machine_is_reported) {
  auto suite = test_suite();
  suite.parts[2].experiment.environment.cpu_model = "another";
  EXPECT_THAT(print_consolidated(suite), HasSubstr("image\\_models/tiny: measured on another machine"));
}

TEST(consolidated, a_model_that_was_changed_between_two_parts_is_reported) {
  auto suite = test_suite();
  EXPECT_THAT(print_consolidated(suite), Not(HasSubstr("another file")));
  suite.parts[2].experiment.plan.artefacts.at(0).sha256 = "another";
  EXPECT_THAT(print_consolidated(suite),
              HasSubstr("image\\_models/tiny: onnx/float32 of minilm is another file than in "
                        "bert\\_comparison/minilm"));
}

TEST(consolidated, a_suite_without_records_is_still_a_report) {
  Suite suite;
  suite.problems = {"suite.json: damaged"};
  EXPECT_THAT(print_consolidated(suite), HasSubstr("suite.json: damaged"));
  EXPECT_EQ(print_file("all_results.csv", suite), "");
}

TEST(consolidated, names_of_strangers_stay_text) {
  Suite suite;
  suite.command = "inferometer suite x` <script>";
  auto experiment = hostile_experiment("<script>|\x1b[31m\n=1+1");
  const auto analysis = analysis::analyse(experiment);
  suite.parts.push_back({"a/b", "<img>|", true, experiment, analysis, select::advise(experiment, analysis)});
  const auto text = print_consolidated(suite);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_EQ(text.find("<img>"), std::string::npos);
  for (const auto& line : base::split(text, '\n'))
    EXPECT_TRUE(line.find("<script>") == std::string::npos || line.find('`') != std::string::npos) << line;
}

}  // namespace
}  // namespace inferometer::report
