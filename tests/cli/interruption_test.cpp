#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "base/error.h"
#include "record/list.h"
#include "record/reader.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

using testing::HasSubstr;

/// Long enough to be interrupted, whatever the machine.
std::vector<std::string> long_null() {
  return {"compare",          "null",   "--candidate", "null,work=200000", "--candidate",
          "null,work=200000", "--mode", "full",        "--margin",         "0.01",
          "--seed",           "7"};
}

/// Waits until the record holds a load set.
void wait_for_load_set(const Binary& binary) {
  for (int tenth = 0; tenth < 600; ++tenth) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto records = binary.records();
    if (!records.empty() && std::filesystem::file_size(records[0]) > 0 &&
        !record::read(records[0]).load_sets.empty())
      return;
  }
  FAIL() << "no load set within a minute";
}

TEST(interruption, ctrl_c_writes_a_partial_report_and_exits_130) {
  const Binary binary;
  process::Child child(binary.request(long_null()));
  wait_for_load_set(binary);
  ::kill(child.pid(), SIGINT);
  const auto exit = child.wait(std::chrono::seconds(20));
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit->code, base::kExitInterrupted) << child.log_tail();
  EXPECT_THAT(child.log_tail(), HasSubstr("inferometer resume"));
  EXPECT_THAT(child.log_tail(), HasSubstr("report.md"));
  EXPECT_FALSE(child.captured_output().empty());
  EXPECT_EQ(record::list(binary.home() / "state" / "record").at(0).state, "interrupted");
}

TEST(interruption, resume_completes_the_same_experiment) {
  const Binary binary;
  {
    process::Child child(binary.request({"compare", "null", "--candidate", "null,work=200000", "--candidate",
                                         "null,work=300000", "--seed", "7", "--output", "reports"}));
    wait_for_load_set(binary);
    ::kill(child.pid(), SIGHUP);
    child.wait(std::chrono::seconds(20));
  }
  // From another folder, without a word of the outputs: they are those of the first command.
  auto resume = binary.request({"resume"});
  resume.working_folder = "/";
  const auto finished = process::run(resume, std::chrono::minutes(3));
  ASSERT_EQ(finished.exit.code, 0) << finished.log;
  EXPECT_TRUE(std::filesystem::exists(binary.home() / "reports" / "results.json"));
  ASSERT_EQ(binary.records().size(), 1u);
  const auto experiment = record::read(binary.records()[0]);
  EXPECT_TRUE(experiment.ended);
  EXPECT_EQ(experiment.invocations, 2);
  EXPECT_EQ(experiment.stops.at(0).verdicts.at("c1"), results::VerdictKind::Slower);
  std::set<int> indices;
  for (const auto& set : experiment.load_sets) EXPECT_TRUE(indices.insert(set.index).second) << "doubled";
}

}  // namespace
}  // namespace inferometer::tests
