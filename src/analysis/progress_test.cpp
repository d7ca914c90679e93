#include <gtest/gtest.h>

#include <cmath>

#include "analysis/experiment_fixture.h"

namespace inferometer::analysis {
namespace {

using results::Mode;
using results::Role;

Progress progress_of(const results::Experiment& experiment) {
  return progress(experiment, experiment.plan.groups.front());
}

TEST(progress, quick_is_decided_by_the_rounds_of_these_loads) {
  auto experiment = experiment_of(Mode::Quick);
  EXPECT_FALSE(progress_of(experiment).decided) << "nothing was measured yet";
  add_load_set(experiment, 6, rival_at(0.7));
  EXPECT_FALSE(progress_of(experiment).decided);
  EXPECT_NEAR(progress_of(experiment).seconds_more, 1.0 / 6, 1e-9) << "one more round";
  experiment.load_sets.clear();
  add_load_set(experiment, 7, rival_at(0.7));
  EXPECT_TRUE(progress_of(experiment).decided);
  EXPECT_TRUE(std::isnan(progress_of(experiment).seconds_more));
}

TEST(progress, standard_is_decided_by_fresh_loads_only) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 6, 50, rival_at(0.7));
  EXPECT_FALSE(progress_of(experiment).decided);
  EXPECT_NEAR(progress_of(experiment).seconds_more, 1, 1e-9) << "one more load set";
  add_load_set(experiment, 8, rival_at(0.7));
  EXPECT_TRUE(progress_of(experiment).decided);
}

TEST(progress, equivalence_is_a_decision) {
  auto experiment = experiment_of(Mode::Standard);
  add_load_sets(experiment, 7, 8, rival_at(1));
  EXPECT_TRUE(progress_of(experiment).decided);
}

TEST(progress, one_undecided_rival_keeps_the_group_running) {
  auto experiment = experiment_of(Mode::Quick, 2);
  add_load_set(experiment, 30, [](const std::string& candidate, Role, int round) {
    const double ratio = candidate == "c2"   ? 1 + 0.1 * std::sin(100.0 * round)
                         : candidate == "c1" ? 0.5
                                             : 1.0;
    return 1e6 * ratio;
  });
  EXPECT_FALSE(progress_of(experiment).decided);
  experiment.truth_checks[2].passed = false;
  EXPECT_TRUE(progress_of(experiment).decided) << "what is not ranked is not waited for";
}

TEST(progress, a_candidate_alone_has_nothing_to_decide) {
  EXPECT_TRUE(progress_of(experiment_of(Mode::Standard, 0)).decided);
}

TEST(progress, a_run_whose_baseline_differs_from_itself_is_not_decided) {
  auto experiment = experiment_of(Mode::Quick);
  const auto good = rival_at(0.7);
  add_load_set(experiment, 20, [&](const std::string& candidate, Role role, int round) {
    return good(candidate, role, round) * (role == Role::SecondLabel ? 1.05 : 1);
  });
  EXPECT_FALSE(progress_of(experiment).decided);
  EXPECT_TRUE(std::isnan(progress_of(experiment).seconds_more));
}

}  // namespace
}  // namespace inferometer::analysis
