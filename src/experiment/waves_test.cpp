// Waves from the plan to the record, with the null engine's real worker.
#include "plan/waves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/files.h"
#include "experiment/experiment.h"
#include "plan/effort.h"

namespace inferometer::experiment {
namespace {

class Silent final : public Observer {
 public:
  void say(const std::string&) override {}
  void step(const Step&) override {}
  void begin_measuring(const results::Plan&) override {}
};

TEST(waves, are_measured_one_after_the_other) {
  const base::ScratchFolder home("waves-test");
  ::setenv("INFEROMETER_HOME", home.path().c_str(), 1);
  const Installation installation;
  Silent silent;
  const Host host{installation, silent};
  Request request;
  request.title = "waves";
  request.models = {"null"};
  request.plan.candidates = {"null,work=100000", "null,work=200000", "null,work=300000"};
  request.plan.effort = plan::effort_of("quick");
  request.plan.effort.exact_counts = true;
  const auto subjects = obtain_all(request.models, false, installation, [](const std::string&) {});
  const auto whole = make_plan(request, subjects, installation);
  request.memory = plan::Memory{plan::expected_memory(whole, whole.groups.at(0), {}).machine - 1, {}};
  const auto experiment = run(request, subjects, host).experiment;
  ::unsetenv("INFEROMETER_HOME");

  ASSERT_EQ(experiment.plan.groups.size(), 2u);
  EXPECT_EQ(experiment.plan.groups[1].wave, "2 of 2");
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
}

}  // namespace
}  // namespace inferometer::experiment
