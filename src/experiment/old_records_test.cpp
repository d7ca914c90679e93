#include "experiment/old_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inferometer::experiment {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

results::Plan recorded(const std::vector<std::string>& words) {
  results::Plan plan;
  plan.arguments = words;
  plan.folder = "/users/me";
  fill_from_arguments(plan);
  return plan;
}

TEST(old_records, name_their_inputs_and_reports_in_the_words_of_the_command) {
  const auto plan =
      recorded({"inferometer", "compare", "m.onnx", "--input", "a=x.npy", "--input=/data/all.npz", "--texts",
                "../t.txt", "--exact-counts", "--output", "out", "-o", "md", "--export", "json=r.json",
                "--image-scaling", "raw", "--images=pictures"});
  EXPECT_THAT(plan.inputs.files, ElementsAre(Pair("", "/data/all.npz"), Pair("a", "/users/me/x.npy")));
  EXPECT_EQ(plan.inputs.texts, "/users/t.txt");
  EXPECT_EQ(plan.inputs.images, "/users/me/pictures");
  EXPECT_EQ(plan.inputs.image_scaling, "raw");
  EXPECT_EQ(plan.reports.folder, "/users/me/out");
  EXPECT_EQ(plan.reports.format, "md");
  EXPECT_THAT(plan.reports.exports, ElementsAre("json=/users/me/r.json"));
  EXPECT_THAT(plan.suite_folder, IsEmpty());
}

TEST(old_records, of_a_suite_name_its_folder) {
  EXPECT_EQ(recorded({"inferometer", "suite", "--resume", "/results/nightly"}).suite_folder,
            "/results/nightly");
}

TEST(old_records, that_say_all_in_the_plan_are_left_as_they_are) {
  results::Plan plan;
  plan.inputs.texts = "/t.txt";
  fill_from_arguments(plan);
  EXPECT_EQ(plan.inputs.texts, "/t.txt");
  EXPECT_EQ(plan.reports.format, "table");
}

}  // namespace
}  // namespace inferometer::experiment
