#include "plan/waves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace inferometer::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kGiga = 1'000'000'000;

/// One group whose candidates c0, c1, ... are expected to need so many billions of bytes.
results::Plan plan(const std::vector<double>& needs, results::Mode mode = results::Mode::Quick) {
  const auto empty = expected_bytes(results::Artefact(), 1);
  results::Plan plan;
  plan.effort.mode = mode;
  auto& group = plan.groups.emplace_back();
  group.id = "g0";
  group.baseline = "c0";
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const auto number = std::to_string(i);
    results::Artefact artefact;
    artefact.key = "a" + number;
    artefact.size_bytes = (static_cast<std::int64_t>(needs[i] * kGiga) - empty) / 3;
    plan.artefacts.push_back(artefact);
    group.candidates.push_back({"c" + number, "label" + number, artefact.key, {}});
  }
  return plan;
}

std::vector<std::string> labels(const results::Group& group) {
  std::vector<std::string> labels;
  for (const auto& candidate : group.candidates) labels.push_back(candidate.label);
  return labels;
}

TEST(waves, a_group_that_fits_stays_as_it_is) {
  auto one = plan({1, 1, 1});
  const auto before = one.groups;
  split_into_waves(one, Memory{3 * kGiga, {}});
  EXPECT_EQ(one.groups, before);
  EXPECT_THAT(one.groups[0].wave, IsEmpty());
}

TEST(waves, every_wave_holds_the_baseline_and_nobody_else_twice) {
  auto one = plan({1, 2, 2, 1, 1, 1});
  split_into_waves(one, Memory{5 * kGiga, {}});
  ASSERT_EQ(one.groups.size(), 2u);
  EXPECT_THAT(labels(one.groups[0]), ElementsAre("label0", "label1", "label2"));
  EXPECT_THAT(labels(one.groups[1]), ElementsAre("label0", "label3", "label4", "label5"));
  EXPECT_EQ(one.groups[0].wave, "1 of 2");
  EXPECT_EQ(one.groups[1].wave, "2 of 2");
  std::set<std::string> groups, candidates;
  for (const auto& group : one.groups) {
    EXPECT_TRUE(groups.insert(group.id).second);
    EXPECT_EQ(group.baseline, group.candidates[0].id);
    EXPECT_LE(expected_memory(one, group, {}).machine, 5 * kGiga);
    for (const auto& candidate : group.candidates) EXPECT_TRUE(candidates.insert(candidate.id).second);
  }
  EXPECT_THAT(one.skipped, IsEmpty());
}

TEST(waves, count_the_second_process_of_the_baseline_where_there_is_one) {
  auto standard = plan({1, 1, 1}, results::Mode::Standard);
  EXPECT_NEAR(static_cast<double>(expected_memory(standard, standard.groups[0], {}).machine), 4e9, 10);
  split_into_waves(standard, Memory{3 * kGiga, {}});
  EXPECT_EQ(standard.groups.size(), 2u);
}

TEST(waves, what_does_not_fit_beside_the_baseline_is_skipped_with_the_numbers) {
  auto one = plan({1, 9, 1});
  split_into_waves(one, Memory{4 * kGiga, {}});
  ASSERT_EQ(one.groups.size(), 1u);
  EXPECT_THAT(labels(one.groups[0]), ElementsAre("label0", "label2"));
  EXPECT_THAT(one.groups[0].wave, IsEmpty());
  ASSERT_EQ(one.skipped.size(), 1u);
  EXPECT_EQ(one.skipped[0].label, "label1");
  EXPECT_EQ(one.skipped[0].reason,
            "it is expected to need 9.00 GB at batch 1, its baseline label0 1.00 GB, and 4.00 GB are free");
}

TEST(waves, memory_of_a_device_is_counted_apart_from_that_of_the_machine) {
  auto one = plan({1, 5, 5, 5});
  for (auto& candidate : one.groups[0].candidates) {
    if (candidate.id != "c0") candidate.configuration.device = "acc0";
  }
  const Memory roomy{3 * kGiga, {{"acc0", 20 * kGiga}}};
  const auto need = expected_memory(one, one.groups[0], roomy);
  EXPECT_LT(need.machine, 3 * kGiga) << "an engine each, the weights are on the device";
  EXPECT_NEAR(static_cast<double>(need.devices.at("acc0")), 3 * 4.6e9, 1e9);
  split_into_waves(one, roomy);
  EXPECT_EQ(one.groups.size(), 1u);
  split_into_waves(one, Memory{3 * kGiga, {{"acc0", 10 * kGiga}}});
  EXPECT_EQ(one.groups.size(), 2u);
  auto small = plan({1, 5, 1});
  small.groups[0].candidates[1].configuration.device = "acc0";
  split_into_waves(small, Memory{3 * kGiga, {{"acc0", kGiga}}});
  EXPECT_THAT(labels(small.groups[0]), ElementsAre("label0", "label2"));
  EXPECT_THAT(small.skipped.at(0).reason, HasSubstr("its baseline label0 0 B, and 1.00 GB are free on acc0"));
}

TEST(waves, a_plan_of_which_nothing_fits_is_refused) {
  auto one = plan({9, 1});
  try {
    split_into_waves(one, Memory{4 * kGiga, {}});
    FAIL() << "no error";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("label1: it is expected to need 1.00 GB"));
  }
}

TEST(waves, a_baseline_in_the_middle_is_the_baseline_of_every_wave) {
  auto one = plan({1, 1, 1});
  one.groups[0].baseline = "c1";
  split_into_waves(one, Memory{2 * kGiga, {}});
  ASSERT_EQ(one.groups.size(), 2u);
  EXPECT_THAT(labels(one.groups[0]), ElementsAre("label1", "label0"));
  EXPECT_THAT(labels(one.groups[1]), ElementsAre("label1", "label2"));
}

TEST(waves, artefacts_that_are_not_made_yet_are_as_large_as_their_weights) {
  results::Artefact artefact;
  artefact.parameters = 100;
  for (const auto& [variant, bytes] : {std::pair{"saved_model/float32", 400},
                                       {"tflite/float16", 200},
                                       {"tflite/int8", 100},
                                       {"tflite/int8-dynamic", 100}}) {
    artefact.variant = variant;
    EXPECT_EQ(file_bytes(artefact), bytes) << variant;
  }
  artefact.size_bytes = 7;
  EXPECT_EQ(file_bytes(artefact), 7);
}

TEST(waves, larger_batches_need_more) {
  EXPECT_GT(expected_bytes(results::Artefact(), 32), expected_bytes(results::Artefact(), 1));
}

}  // namespace
}  // namespace inferometer::plan
