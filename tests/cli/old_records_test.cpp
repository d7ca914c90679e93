// Records that version 0.1 wrote (tests/records/0.1) are read, reported and resumed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "machine/machine.h"
#include "record/reader.h"
#include "record/writer.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

fs::path old(const std::string& name) {
  return fs::path(std::getenv("INFEROMETER_TEST_SOURCE")) / "tests/records/0.1" / name;
}

/// The same as if this machine had measured it, in the folder of this test: only on its own machine an
/// experiment goes on.
void write_here(const results::Experiment& experiment, const Binary& binary) {
  record::Header header{experiment.id, experiment.title, experiment.started_utc, experiment.plan,
                        machine::read_environment()};
  header.plan.folder = binary.home().string();
  const auto writer = record::Writer::create(binary.home() / "state/record", header);
  for (const auto& item : experiment.preparations) writer->keep(item);
  for (const auto& item : experiment.truth_checks) writer->keep(item);
  for (const auto& item : experiment.harness_costs) writer->keep(item);
  for (const auto& item : experiment.load_sets) writer->keep(item);
  writer->interrupted();
}

TEST(old_records, of_every_kind_are_whole_and_reported) {
  const Binary binary;
  for (const char* name : {"compare.jsonl", "compare-interrupted.jsonl", "suite.jsonl", "selftest.jsonl"}) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(record::check(old(name)).problems.empty());
    const auto recorded = record::read(old(name));
    EXPECT_TRUE(recorded.damage.empty());
    EXPECT_FALSE(recorded.load_sets.empty());
    ASSERT_EQ(recorded.plan.artefacts.size(), 1u);
    ASSERT_EQ(recorded.plan.artefacts[0].parts.size(), 1u);
    EXPECT_EQ(recorded.plan.artefacts[0].parts[0].name, "model");
    const auto report = binary.run({"report", old(name).string(), "-o", "jsonl"});
    EXPECT_EQ(report.exit.code, base::kExitOk) << report.log;
    EXPECT_THAT(report.output, HasSubstr("\"label\":\"null work="));
  }
}

TEST(old_records, one_that_was_interrupted_goes_on_from_its_plan_and_the_words_of_its_command) {
  const Binary binary;
  auto recorded = record::read(old("compare-interrupted.jsonl"));
  ASSERT_TRUE(recorded.interrupted);
  ASSERT_FALSE(recorded.plan.arguments.empty()) << "what only version 0.1 kept";
  recorded.plan.arguments.insert(recorded.plan.arguments.end(), {"--output", "reports"});
  write_here(recorded, binary);
  auto request = binary.request({"resume"});
  request.working_folder = "/";
  const auto finished = process::run(request, std::chrono::minutes(3));
  ASSERT_EQ(finished.exit.code, base::kExitOk) << finished.log;
  EXPECT_TRUE(fs::exists(binary.home() / "reports/results.json")) << "where its first command wanted it";
  const auto after = record::read(binary.records().at(0));
  EXPECT_TRUE(after.ended);
  EXPECT_EQ(after.invocations, 2);
  EXPECT_EQ(after.id, recorded.id);
  EXPECT_GE(after.load_sets.size(), recorded.load_sets.size());
}

TEST(old_records, a_folder_of_a_suite_is_reported_and_gone_on_with) {
  const Binary binary;
  const auto results = binary.home() / "s1";
  auto state = base::parse_json(base::read_file(old("suite.json"), 1 << 20), "suite.json");
  const auto record = state.at("entries").at(0).at("record").get<std::string>();
  state["working_folder"] = binary.home().string();
  fs::create_directories(results / "records");
  fs::copy_file(old("suite.jsonl"), results / "records" / record);
  base::write_file_atomically(results / "suite.json", state.dump());
  EXPECT_THAT(binary.run({"report", "--consolidated", results.string()}).output,
              HasSubstr("1 of 1 have a record"));
  state["entries"][0]["state"] = "planned";
  base::write_file_atomically(results / "suite.json", state.dump());
  const auto finished = binary.run({"resume", results.string(), "--progress", "none"});
  EXPECT_EQ(finished.exit.code, base::kExitOk) << finished.log;
  ASSERT_EQ(binary.records().size(), 1u);
  const auto plan = record::read(binary.records()[0]).plan;
  EXPECT_EQ(plan.seed, 9u);
  EXPECT_EQ(plan.effort.warm_up_runs, 1) << "as the file said";
}

}  // namespace
}  // namespace inferometer::tests
