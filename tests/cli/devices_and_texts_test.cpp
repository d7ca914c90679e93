// Another device and another scenario, from the command to the record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "record/reader.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// The programs of this build and the worker in Python that offers the CPU and the device acc0.
fs::path with_golden_worker(const Binary& binary) {
  const auto libexec = binary.home() / "libexec";
  fs::create_directory(libexec);
  const fs::path built = std::getenv("INFEROMETER_TEST_BUILD");
  for (const auto& program : fs::directory_iterator(built / "libexec/inferometer"))
    fs::create_symlink(program.path(), libexec / program.path().filename());
  const fs::path source = std::getenv("INFEROMETER_TEST_SOURCE");
  fs::create_symlink(source / "tests/fakes/golden_worker.py", libexec / "inferometer-worker-golden");
  return libexec;
}

TEST(devices, the_cpu_and_another_one_are_in_one_table) {
  const Binary binary;
  auto request = binary.request({"compare", "null", "--candidate", "golden", "--devices", "cpu,acc0",
                                 "--mode", "quick", "--seed", "7", "--rank-unverified", "-o", "table"});
  request.environment["INFEROMETER_LIBEXEC"] = with_golden_worker(binary).string();
  const auto finished = process::run(request, std::chrono::minutes(3));
  ASSERT_THAT(finished.exit.code, AnyOf(base::kExitOk, base::kExitCannotTell)) << finished.log;
  EXPECT_THAT(finished.output, HasSubstr("golden cpu"));
  EXPECT_THAT(finished.output, HasSubstr("golden acc0"));
  const auto experiment = record::read(binary.records().at(0));
  ASSERT_EQ(experiment.plan.groups.size(), 1u);
  std::vector<std::string> devices;
  for (const auto& load : experiment.load_sets.at(0).loads) {
    if (load.role == results::Role::Candidate) devices.push_back(load.effective.device);
  }
  EXPECT_THAT(devices, testing::UnorderedElementsAre("cpu", "acc0"));
  std::vector<std::string> known;
  for (const auto& device : experiment.environment.devices) known.push_back(device.id);
  EXPECT_THAT(known, ElementsAre("cpu", "acc0"));
}

TEST(texts, a_model_of_two_parts_generates_and_every_token_has_its_time) {
  const Binary binary;
  const auto finished = binary.run({"compare", "null-generate", "--candidate", "null,work=2000",
                                    "--candidate", "null,work=4000", "--prompt-lengths", "4", "--new-tokens",
                                    "8", "--mode", "quick", "--exact-counts", "--seed", "7"});
  ASSERT_THAT(finished.exit.code, AnyOf(base::kExitOk, base::kExitCannotTell)) << finished.log;
  const auto experiment = record::read(binary.records().at(0));
  const auto& group = experiment.plan.groups.at(0);
  const results::Scenario scenario{results::ScenarioKind::Generate, 4, 8};
  EXPECT_EQ(group.workload.scenario, scenario);
  std::vector<std::string> parts;
  for (const auto& part : experiment.plan.artefacts.at(0).parts) parts.push_back(part.name);
  EXPECT_THAT(parts, ElementsAre("prefill", "decode"));
  ASSERT_FALSE(experiment.load_sets.empty());
  for (const auto& set : experiment.load_sets) {
    for (const auto& load : set.loads) {
      EXPECT_TRUE(load.outcome.ok()) << load.outcome.phase;
      ASSERT_FALSE(load.blocks.empty());
      for (const auto& block : load.blocks)
        EXPECT_EQ(block.token_times_ns.size(), 8 * block.durations_ns.size());
    }
  }
  for (const auto& check : experiment.truth_checks) EXPECT_TRUE(check.passed) << check.candidate;
}

TEST(texts, no_other_model_generates) {
  const Binary binary;
  const auto finished = binary.run({"compare", "null", "--new-tokens", "8"});
  EXPECT_EQ(finished.exit.code, base::kExitUsage);
  EXPECT_THAT(finished.log, HasSubstr("--new-tokens: no model here generates text; leave it out"));
}

}  // namespace
}  // namespace inferometer::tests
