#include <gtest/gtest.h>

#include "results/json.h"

namespace inferometer::results {
namespace {

using base::Json;

LoadSet example() {
  LoadSet set;
  set.group = "g1";
  set.index = 3;
  set.measuring_ns = 12345;
  Load load;
  load.candidate = "c2";
  load.role = Role::SecondLabel;
  load.cpus = {1};
  load.effective.options["spinning"] = "0";
  load.outcome = {OutcomeKind::Crashed, "run", "SIGSEGV", "tail", "repeat"};
  Block block;
  block.round = 7;
  block.durations_ns = {5'000'001, 5'000'002};
  block.disturbed = "run-queue delay";
  load.blocks.push_back(block);
  set.loads.push_back(load);
  return set;
}

TEST(results_json, a_load_set_survives_the_round_trip_byte_for_byte) {
  const Json json = example();
  const auto again = json.get<LoadSet>();
  EXPECT_EQ(base::to_line(Json(again)), base::to_line(json));
  EXPECT_EQ(again.loads.at(0).role, Role::SecondLabel);
  EXPECT_EQ(again.loads.at(0).outcome, example().loads.at(0).outcome);
  EXPECT_EQ(again.loads.at(0).blocks.at(0).durations_ns, example().loads.at(0).blocks.at(0).durations_ns);
}

TEST(results_json, unknown_fields_are_ignored_and_missing_ones_take_their_default) {
  const auto effort = Json::parse(R"({"mode": "full", "from_the_future": 1})").get<Effort>();
  EXPECT_EQ(effort.mode, Mode::Full);
  EXPECT_EQ(effort.repeats, Effort{}.repeats);
}

TEST(results_json, a_truth_check_of_an_older_record_knows_no_disagreement) {
  const auto check = Json::parse(R"({"candidate": "c1", "passed": true})").get<TruthCheck>();
  EXPECT_EQ(check.disagreement, -1);
  TruthCheck counted;
  counted.disagreement = 0.25;
  counted.classified_items = 4;
  const auto again = Json(counted).get<TruthCheck>();
  EXPECT_EQ(again.disagreement, 0.25);
  EXPECT_EQ(again.classified_items, 4);
}

TEST(results_json, a_plan_keeps_the_name_of_its_set) {
  Plan plan;
  plan.set = "bert";
  EXPECT_EQ(Json(plan).get<Plan>().set, "bert");
}

TEST(environment, another_cpu_is_another_class) {
  Environment a;
  a.cpu_model = "x";
  Environment b = a;
  EXPECT_TRUE(a.same_class(b));
  b.cpu_model = "y";
  EXPECT_FALSE(a.same_class(b));
}

}  // namespace
}  // namespace inferometer::results
