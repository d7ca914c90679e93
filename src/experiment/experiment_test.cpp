#include "experiment/experiment.h"

#include <gtest/gtest.h>

namespace inferometer::experiment {
namespace {

results::Plan plan_of(const std::string& sha256) {
  results::Plan plan;
  plan.artefacts.resize(1);
  plan.artefacts[0].key = "a0";
  plan.artefacts[0].model = "tiny";
  plan.artefacts[0].variant = "tflite/float16";
  plan.artefacts[0].sha256 = sha256;
  return plan;
}

TEST(resume, goes_on_with_the_same_artefacts_and_knows_a_changed_one_from_one_that_cannot_be_built) {
  EXPECT_EQ(why_not_resumed(plan_of("aa"), plan_of("aa")), "");
  EXPECT_EQ(why_not_resumed(plan_of("aa"), plan_of("bb")), "tflite/float16 of tiny is another file now");
  EXPECT_EQ(why_not_resumed(plan_of("aa"), {}), "tflite/float16 of tiny cannot be built any more");
}

}  // namespace
}  // namespace inferometer::experiment
