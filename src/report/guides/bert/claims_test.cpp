#include "report/guides/bert/claims.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/experiment_fixture.h"

namespace inferometer::report::bert {
namespace {

using analysis::rival_at;
using results::Mode;

/// tensorflow_baseline and one rival of the label, at that speed-up and size.
results::Experiment measured(const std::string& label, double speed_up, std::int64_t size_bytes = 25) {
  auto experiment = analysis::experiment_of(Mode::Standard);
  analysis::add_load_sets(experiment, 9, 8, rival_at(1 / speed_up));
  auto& candidates = experiment.plan.groups[0].candidates;
  candidates[0].label = "tensorflow_baseline";
  candidates[0].artefact = "a0";
  candidates[1].label = label;
  candidates[1].artefact = "a1";
  experiment.plan.artefacts.resize(2);
  experiment.plan.artefacts[0].key = "a0";
  experiment.plan.artefacts[0].size_bytes = 100;
  experiment.plan.artefacts[1].key = "a1";
  experiment.plan.artefacts[1].size_bytes = size_bytes;
  return experiment;
}

CheckedClaim checked(const results::Experiment& experiment, const std::string& label) {
  const auto& group = experiment.plan.groups[0];
  for (const auto& one : check_claims(experiment, group, analysis::analyse_group(experiment, group))) {
    if (one.claim->label == label) return one;
  }
  ADD_FAILURE() << "no claim about " << label;
  return {};
}

TEST(claims, hold_where_the_whole_interval_lies_in_what_is_claimed) {
  const auto one = checked(measured("tflite_int8", 1.7), "tflite_int8");
  EXPECT_EQ(one.finding, Finding::Holds);
  EXPECT_EQ(one.candidate, "c1");
  EXPECT_NEAR(1 / one.latency.ratio, 1.7, 0.02);
  EXPECT_DOUBLE_EQ(one.size_share, 0.25);
}

TEST(claims, are_contradicted_where_none_of_it_does) {
  EXPECT_EQ(checked(measured("tflite_int8", 3), "tflite_int8").finding, Finding::Contradicted);
  EXPECT_EQ(checked(measured("tflite_float16", 1.0), "tflite_float16").finding, Finding::Contradicted);
}

TEST(claims, are_undecided_at_their_edge_or_without_a_bound) {
  EXPECT_EQ(checked(measured("tflite_int8", 2.0), "tflite_int8").finding, Finding::CannotTell);
  auto few = measured("tflite_int8", 1.7);
  few.load_sets.resize(1);
  few.load_sets[0].loads[1].blocks.resize(3);
  EXPECT_EQ(checked(few, "tflite_int8").finding, Finding::CannotTell);
}

TEST(claims, of_wrong_output_or_of_what_is_not_there_are_not_measured) {
  auto wrong = measured("tflite_int8", 1.7);
  wrong.truth_checks[1].passed = false;
  EXPECT_EQ(checked(wrong, "tflite_int8").finding, Finding::NotRanked);
  const auto absent = checked(measured("tflite_int8", 1.7), "onnx_optimized");
  EXPECT_EQ(absent.finding, Finding::NotMeasured);
  EXPECT_EQ(absent.candidate, "");
}

TEST(claims, are_about_tensorflow_whatever_the_group_is_compared_with) {
  auto experiment = measured("tflite_int8", 1.7);
  auto& candidates = experiment.plan.groups[0].candidates;
  std::swap(candidates[0].label, candidates[1].label);
  std::swap(candidates[0].artefact, candidates[1].artefact);
  const auto one = checked(experiment, "tflite_int8");
  EXPECT_EQ(one.candidate, "c0");
  EXPECT_NEAR(one.latency.ratio, 1.7, 0.02) << "it is the slower one now";
  EXPECT_EQ(one.finding, Finding::Contradicted);
}

}  // namespace
}  // namespace inferometer::report::bert
