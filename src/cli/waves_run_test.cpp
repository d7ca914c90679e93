// Waves from the plan to the report, with the null engine's real worker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/files.h"
#include "cli/carry_out.h"
#include "cli/outputs.h"
#include "experiment/workbench.h"
#include "plan/waves.h"

namespace inferometer::cli {
namespace {

using ::testing::HasSubstr;

TEST(waves, are_measured_one_after_the_other_and_reported_apart) {
  const base::ScratchFolder home("waves-test");
  ::setenv("INFEROMETER_HOME", home.path().c_str(), 1);
  experiment::Workbench workbench;
  plan::Request request;
  request.models = {workbench.inspect("null")};
  request.candidates = {"null,work=100000", "null,work=200000", "null,work=300000"};
  request.effort = effort_of("quick");
  request.effort.exact_counts = true;
  Job job{.title = "waves", .plan = plan::make_plan(request, workbench.engines())};
  job.progress = "none";
  workbench.prepare(job.plan, {}, [](const std::string&) {});
  const auto whole = plan::expected_bytes(job.plan, job.plan.groups.at(0));
  plan::split_into_waves(job.plan, whole - 1);
  workbench.lay_out(job.plan, {});
  const auto experiment = measure_job(job, workbench).experiment;

  ASSERT_EQ(experiment.plan.groups.size(), 2u);
  for (const auto& group : experiment.plan.groups) {
    EXPECT_EQ(group.candidates.at(0).label, "null work=100000");
    for (const auto& set : experiment.load_sets) {
      if (set.group != group.id) continue;
      for (const auto& load : set.loads) {
        const bool own = std::any_of(group.candidates.begin(), group.candidates.end(),
                                     [&](const auto& one) { return one.id == load.candidate; });
        EXPECT_TRUE(own) << load.candidate << " was loaded in " << group.id;
      }
    }
  }
  EXPECT_EQ(experiment.stops.size(), 2u);
  EXPECT_EQ(experiment.outcomes.size(), 4u);
  Outputs outputs;
  outputs.output = home.path() / "reports";
  check_outputs(outputs);
  write_files(outputs, experiment);
  const auto text = base::read_file(home.path() / "reports" / "report.md", 1 << 20);
  EXPECT_THAT(text, HasSubstr("wave 1 of 2"));
  EXPECT_THAT(text, HasSubstr("wave 2 of 2"));
  EXPECT_THAT(text, HasSubstr("What to deploy: null, batch 1\n"));
  ::unsetenv("INFEROMETER_HOME");
}

}  // namespace
}  // namespace inferometer::cli
