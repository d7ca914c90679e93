#include "campaign/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inferometer::campaign {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(overrides, go_before_the_file_and_its_phases) {
  SuiteFile file;
  file.batch_sizes = {1};
  file.phases.resize(2);
  file.phases[1].batch_sizes = {4};
  file.phases[1].sequence_lengths = {16};
  Overrides overrides;
  overrides.mode = "full";
  overrides.batch_sizes = {2, 8};
  apply(overrides, file);
  EXPECT_EQ(file.mode, "full");
  EXPECT_THAT(file.batch_sizes, ElementsAre(2, 8));
  EXPECT_THAT(file.phases[1].batch_sizes, IsEmpty());
  EXPECT_THAT(file.phases[1].sequence_lengths, ElementsAre(16)) << "nothing was said of them";
}

TEST(overrides, are_read_out_of_the_words_that_version_2_of_the_state_keeps) {
  const auto overrides = overrides_from_arguments({"inferometer", "suite", "full", "--batch-sizes=1,4",
                                                   "--threads", "1,all", "--mode", "quick", "--budget", "2.5",
                                                   "--batch-sizes", "8", "--margin=3", "--output", "x"});
  EXPECT_THAT(overrides.batch_sizes, ElementsAre(1, 4, 8));
  EXPECT_THAT(overrides.threads, ElementsAre("1", "all"));
  EXPECT_EQ(overrides.mode, "quick");
  EXPECT_EQ(overrides.budget_seconds, 2.5);
  EXPECT_EQ(overrides.margin_percent, 3.0);
  EXPECT_THAT(overrides.sequence_lengths, IsEmpty());
}

TEST(overrides, come_back_from_json) {
  Overrides overrides;
  overrides.mode = "quick";
  overrides.sequence_lengths = {32};
  overrides.margin_percent = 1.5;
  const auto back = base::Json(overrides).get<Overrides>();
  EXPECT_EQ(back.mode, "quick");
  EXPECT_THAT(back.sequence_lengths, ElementsAre(32));
  EXPECT_EQ(back.margin_percent, 1.5);
  EXPECT_FALSE(back.budget_seconds.has_value());
}

}  // namespace
}  // namespace inferometer::campaign
