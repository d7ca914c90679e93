#include "report/core/sentence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analysis/experiment_fixture.h"

namespace inferometer::report {
namespace {

using analysis::add_load_set;
using analysis::add_load_sets;
using analysis::experiment_of;
using analysis::Latency;
using analysis::load_of;
using analysis::rival_at;

using results::Mode;
using results::Role;
using ::testing::MatchesRegex;

// Each candidate at its own ratio to the baseline.
Latency rivals_at(std::map<std::string, double> ratios) {
  return [ratios](const std::string& candidate, Role role, int round) {
    return rival_at(1)(candidate, role, round) * (candidate == "c0" ? 1 : ratios.at(candidate));
  };
}

struct Concluded {
  std::string sentence;
  std::string fastest;
};

Concluded conclusion_of(const results::Experiment& experiment) {
  const auto analysis = analysis::analyse(experiment);
  const auto group = views({experiment, analysis, {}}).at(0);
  return {sentence(group), group.analysis->fastest};
}

Concluded analysis_of(Mode mode, int sets, const std::map<std::string, double>& ratios) {
  auto experiment = experiment_of(mode, static_cast<int>(ratios.size()));
  add_load_sets(experiment, sets, mode == Mode::Quick ? 40 : 8, rivals_at(ratios));
  return conclusion_of(experiment);
}

std::string sentence_of(Mode mode, int sets, double ratio) {
  return analysis_of(mode, sets, {{"c1", ratio}}).sentence;
}

TEST(sentence, gives_the_speed_up_with_its_interval_and_the_number_of_fresh_loads) {
  const auto analysis = analysis_of(Mode::Standard, 11, {{"c1", 0.7}});
  EXPECT_EQ(analysis.sentence,
            "openvino is 1.43x faster (1.42-1.43) than onnxruntime, across 11 fresh loads, trust A");
  EXPECT_EQ(analysis.fastest, "c1");
}

TEST(sentence, about_these_loads_says_what_a_claim_about_the_configuration_needs) {
  EXPECT_THAT(
      sentence_of(Mode::Quick, 1, 0.5),
      MatchesRegex(
          "openvino is 2.00.*x faster \\(.*\\) than onnxruntime \\(these loads\\), needs 6 more loads "
          "for a claim about the configuration, trust A"));
  EXPECT_THAT(sentence_of(Mode::Standard, 6, 0.5),
              MatchesRegex(".* \\(these loads\\), needs 1 more load for a .*"));
  EXPECT_THAT(sentence_of(Mode::Quick, 7, 0.5),
              MatchesRegex(".* than onnxruntime \\(these loads\\), trust A"));
}

TEST(sentence, a_slower_rival_makes_the_baseline_the_winner) {
  const auto analysis = analysis_of(Mode::Standard, 8, {{"c1", 1.25}});
  EXPECT_THAT(analysis.sentence,
              MatchesRegex("onnxruntime is 1.25.*x faster \\(1.2.*\\) than openvino, across 8 .*"));
  EXPECT_EQ(analysis.fastest, "c0");
}

TEST(sentence, says_when_a_difference_is_smaller_than_the_margin) {
  EXPECT_THAT(
      sentence_of(Mode::Quick, 1, 0.99),
      MatchesRegex("openvino is 1\\.01.*x faster .*, by less than the margin of 2 % \\(these loads\\).*"));
}

TEST(sentence, has_as_many_digits_as_tell_the_interval_from_one) {
  EXPECT_THAT(sentence_of(Mode::Quick, 1, 0.994),
              MatchesRegex("openvino is 1\\.00.x faster \\(1\\.00[1-9]-1\\.0..\\).*"));
}

TEST(sentence, of_equals_names_the_margin_and_the_interval_of_the_ratio) {
  const auto analysis = analysis_of(Mode::Standard, 8, {{"c1", 1}});
  EXPECT_THAT(analysis.sentence, MatchesRegex("openvino and onnxruntime are equivalent within 2 % "
                                              "\\(0\\.99.*-1\\.00.*\\), across 8 fresh loads, trust A"));
  EXPECT_EQ(analysis.fastest, "");
}

TEST(sentence, of_an_undecided_pair_tells_the_time_that_would_decide) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, [](const std::string& candidate, Role, int round) {
    return 1e6 * (candidate == "c0" ? 1 : std::exp(0.04 + 0.1 * std::sin(100.0 * round)));
  });
  EXPECT_THAT(
      conclusion_of(experiment).sentence,
      MatchesRegex("openvino against onnxruntime is undecided: latency ratio 1\\..* \\(0\\..*-1\\..*\\) "
                   "\\(these loads\\), needs 6 .*, about [0-9]+ s more would probably decide it, trust A"));
}

TEST(sentence, of_too_few_rounds_says_that_nothing_is_bounded_yet) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 3, rival_at(0.5));
  EXPECT_THAT(conclusion_of(experiment).sentence,
              MatchesRegex(".*undecided: latency ratio 0.50 \\(not bounded yet\\).*"));
  EXPECT_EQ(conclusion_of(experiment_of(Mode::Quick)).sentence,
            "openvino against onnxruntime is undecided: they have no round in common, trust invalid");
}

TEST(sentence, of_several_rivals_claim_scope_the_fastest) {
  const auto analysis = analysis_of(Mode::Standard, 11, {{"c1", 0.8}, {"c2", 0.5}, {"c3", 1.5}});
  EXPECT_THAT(analysis.sentence,
              MatchesRegex("litert is 2.0.*x faster .* than onnxruntime, across 11 fresh loads, trust A"));
  EXPECT_EQ(analysis.fastest, "c2");
}

TEST(sentence, names_the_tie_when_the_fastest_is_not_certain) {
  const auto analysis = analysis_of(Mode::Standard, 11, {{"c1", 0.5}, {"c2", 0.5}, {"c3", 0.9}});
  EXPECT_THAT(analysis.sentence,
              MatchesRegex(".* than onnxruntime, across 11 fresh loads, not certainly faster than "
                           "(openvino|litert), trust A"));
  EXPECT_EQ(analysis.fastest, "");
}

TEST(sentence, an_unranked_rival_neither_leads_nor_ties) {
  auto experiment = experiment_of(Mode::Standard, 2);
  add_load_sets(experiment, 11, 8, rivals_at({{"c1", 0.8}, {"c2", 0.5}}));
  experiment.truth_checks[2].passed = false;
  const auto analysis = conclusion_of(experiment);
  EXPECT_THAT(analysis.sentence, MatchesRegex("openvino is 1.2[45].*x faster .*"));
  EXPECT_EQ(analysis.fastest, "c1");
}

TEST(sentence, an_undecided_rival_keeps_the_baseline_from_being_certainly_fastest) {
  const auto analysis = analysis_of(Mode::Quick, 1, {{"c1", 1.5}, {"c2", 1.0}});
  EXPECT_THAT(analysis.sentence, MatchesRegex("litert and onnxruntime are equivalent.*"));
  EXPECT_EQ(analysis.fastest, "");
}

TEST(sentence, a_certain_winner_goes_before_a_lower_but_undecided_ratio) {
  auto experiment = experiment_of(Mode::Quick, 2);
  add_load_set(experiment, 30, [](const std::string& candidate, Role role, int round) {
    const double torn = round % 5 < 3 ? 0.5 : 2.0;
    return rival_at(1)(candidate, role, round) * (candidate == "c0" ? 1 : candidate == "c1" ? 0.8 : torn);
  });
  const auto analysis = conclusion_of(experiment);
  EXPECT_THAT(analysis.sentence,
              MatchesRegex("openvino is 1.2.*, not certainly faster than litert, trust A"));
  EXPECT_EQ(analysis.fastest, "");
}

TEST(sentence, claims_about_these_loads_and_about_fresh_loads_are_not_put_in_order) {
  auto experiment = experiment_of(Mode::Standard, 2);
  add_load_sets(experiment, 11, 8, rivals_at({{"c1", 0.5}, {"c2", 0.9}}));
  EXPECT_EQ(conclusion_of(experiment).fastest, "c1");
  for (std::size_t set = 3; set < 11; ++set) {
    load_of(experiment.load_sets[set], "c2").outcome.kind = results::OutcomeKind::Crashed;
  }
  const auto analysis = conclusion_of(experiment);
  EXPECT_THAT(analysis.sentence, MatchesRegex("openvino is .*, not certainly faster than litert, trust A"));
  EXPECT_EQ(analysis.fastest, "");
}

TEST(sentence, an_invalid_rival_leaves_the_fastest_uncertain) {
  for (const double other : {0.5, 1.5}) {
    auto experiment = experiment_of(Mode::Quick, 2);
    auto& set = add_load_set(experiment, 40, rivals_at({{"c1", other}, {"c2", 2.0}}));
    EXPECT_EQ(conclusion_of(experiment).fastest, other < 1 ? "c1" : "c0");
    for (auto& block : load_of(set, "c2").blocks) block.run_delay_ns = block.wall_ns / 2;
    EXPECT_EQ(conclusion_of(experiment).fastest, "") << other;
  }
}

TEST(sentence, of_a_hopeless_pair_does_not_ask_for_more_time) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 22, [](const std::string& candidate, Role, int round) {
    return 1e9 * (candidate == "c0" ? 1 : round % 2 == 0 ? 100 : 0.01);
  });
  EXPECT_THAT(conclusion_of(experiment).sentence,
              MatchesRegex(".*undecided: .*, more time would hardly decide it, trust A"));
}

TEST(sentence, of_an_invalid_group_gives_the_reason) {
  auto experiment = experiment_of(Mode::Quick);
  add_load_set(experiment, 20, rival_at(0.7));
  experiment.stops.push_back({.group = "g0", .reason = "neighbours use 1.0 of 2 CPUs", .measurable = false});
  EXPECT_EQ(
      conclusion_of(experiment).sentence,
      "openvino against onnxruntime is invalid: not measurable: neighbours use 1.0 of 2 CPUs, trust invalid");
}

TEST(sentence, without_a_ranked_comparison_says_why) {
  auto experiment = experiment_of(Mode::Quick);
  experiment.outcomes.push_back(
      {"c1", {.kind = results::OutcomeKind::TimedOut, .phase = "load", .reason = "no answer within 120 s"}});
  EXPECT_EQ(
      conclusion_of(experiment).sentence,
      "no comparison can be ranked: openvino: timed out in load: no answer within 120 s, trust invalid");
}

TEST(sentence, of_a_candidate_alone_gives_its_latency) {
  auto experiment = experiment_of(Mode::Standard, 0);
  add_load_sets(experiment, 3, 8, [](const std::string&, Role, int) { return 5'210'000.0; });
  EXPECT_EQ(conclusion_of(experiment).sentence,
            "onnxruntime takes 5.21 ms (median of 24 rounds, 3 loads), there is nothing to compare it with, "
            "trust A");
}

}  // namespace
}  // namespace inferometer::report
