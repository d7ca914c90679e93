// Where things stand on the axes, by numbers that a reader can check by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/html/batch_chart.h"
#include "report/html/distribution_chart.h"
#include "report/html/fidelity_chart.h"
#include "report/html/speed_up_chart.h"
#include "report/html/svg.h"
#include "report/html/text.h"
#include "report/report_fixture.h"

namespace inferometer::report {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pointwise;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

void expect_ticks(const std::vector<double>& ticks, const std::vector<double>& expected) {
  EXPECT_THAT(ticks, Pointwise(DoubleNear(1e-9), expected));
}

TEST(scale, puts_equal_steps_where_the_spacing_says) {
  EXPECT_DOUBLE_EQ(Scale(Spacing::Linear, 10, 20).at(15), 0.5);
  EXPECT_DOUBLE_EQ(Scale(Spacing::Log, 1, 100).at(10), 0.5);
  const Scale tail(Spacing::Tail, 0, 0.999);
  EXPECT_NEAR(tail.at(0.9), 1.0 / 3, 1e-12);
  EXPECT_NEAR(tail.at(0.99), 2.0 / 3, 1e-12);
}

TEST(scale, holds_what_lies_outside_at_its_ends) {
  const Scale scale(Spacing::Log, 1, 100);
  EXPECT_EQ(scale.at(0), 0);
  EXPECT_EQ(scale.at(std::numeric_limits<double>::infinity()), 1);
}

TEST(ticks, are_round_numbers_and_not_too_many) {
  expect_ticks(linear_ticks({0, 10}, 5), {0, 5, 10});
  expect_ticks(linear_ticks({0, 260}, 5), {0, 100, 200});
  expect_ticks(linear_ticks({0.97, 1.03}, 5), {0.98, 1, 1.02});
  expect_ticks(doubling_ticks({0.4, 4.5}, 5), {0.5, 1, 2, 4});
  expect_ticks(doubling_ticks({1.0 / 64, 64}, 5), {1.0 / 64, 0.125, 1, 8, 64});
  expect_ticks(doubling_ticks({0.97, 1.03}, 5), {0.98, 1, 1.02});
  expect_ticks(decade_ticks({0.9, 110}, 7), {1, 2, 5, 10, 20, 50, 100});
  expect_ticks(decade_ticks({0.9, 110}, 5), {1, 10, 100});
  expect_ticks(decade_ticks({5.2, 8.1}, 5), {6, 7, 8});
}

TEST(ticks, an_axis_of_one_value_has_a_length) {
  const auto range = padded_log({5, 5}, 0.1);
  EXPECT_LT(range.low, 5);
  EXPECT_GT(range.high, 5);
  EXPECT_FALSE(decade_ticks(range, 5).empty());
}

TEST(drawing, keeps_widths_as_shares_and_heights_as_pixels) {
  Drawing drawing("a", 100, {"", ""});
  drawing.box({0.75, 10}, {0.25, 30}, "ink");
  drawing.curve({{0, 1}, {0.5, 2.25}}, "ink");
  EXPECT_THAT(drawing.done(), HasSubstr("x=\"25%\" y=\"10\" width=\"50%\" height=\"20\""));
  EXPECT_THAT(drawing.done(), HasSubstr("d=\"M0.0 1.0L500.0 2.2\""));
}

/// The first group with only its baseline and openvino, twice as fast.
struct TwiceAsFast {
  results::Experiment experiment = test_experiment();
  analysis::Analysis analysis = test_analysis();
  TwiceAsFast() {
    experiment.plan.groups[0].candidates.resize(2);
    auto& group = analysis.groups[0];
    group.comparisons.resize(1);
    group.comparisons[0].fresh_loads = {0.5, 0.5, 0.5, 11, 0, 0, results::VerdictKind::Faster};
    group.noise = {};
  }
  GroupView view() const { return views({experiment, analysis, {}}).front(); }
};

TEST(speed_up_chart, draws_a_bar_from_one_to_the_value_on_a_log_axis) {
  const TwiceAsFast twice;
  // One doubling with 4 % of it on both sides: 1 is at 0.04 / 1.08, and 2 one part of 1.08 further.
  EXPECT_THAT(speed_up_chart(twice.view(), "a"),
              HasSubstr("class=\"bar faster\" x=\"3.7%\" y=\"19\" width=\"92.59%\" height=\"14\""));
}

TEST(speed_up_chart, has_a_band_only_where_the_noise_is_known) {
  TwiceAsFast twice;
  EXPECT_THAT(speed_up_chart(twice.view(), "a"), Not(HasSubstr("class=\"noise\"")));
  EXPECT_THAT(speed_up_chart(twice.view(), "a"), HasSubstr("not compared with itself often enough"));
  twice.analysis.groups[0].noise = {0.8, 1.25};
  EXPECT_THAT(speed_up_chart(twice.view(), "a"), HasSubstr("class=\"noise\""));
  EXPECT_THAT(speed_up_chart(twice.view(), "a"), HasSubstr("0.800 to 1.250"));
}

TEST(speed_up_chart, calls_a_bar_inside_the_band_no_difference) {
  TwiceAsFast twice;
  auto& comparison = twice.analysis.groups[0].comparisons[0];
  comparison.inside_noise = true;
  EXPECT_THAT(speed_up_chart(twice.view(), "a"), HasSubstr(">no difference shown</text>"));
  comparison.ranked = false;
  EXPECT_THAT(speed_up_chart(twice.view(), "a"), Not(HasSubstr(">no difference shown</text>")))
      << "what is not ranked is not judged at all";
}

TEST(speed_up_chart, leaves_an_end_that_is_not_bounded_without_a_cap) {
  TwiceAsFast twice;
  auto& ratio = twice.analysis.groups[0].comparisons[0].fresh_loads;
  EXPECT_EQ(count(speed_up_chart(twice.view(), "a"), "class=\"whisker\""), 3u);
  ratio.low = 0;
  EXPECT_EQ(count(speed_up_chart(twice.view(), "a"), "class=\"whisker\""), 2u);
}

TEST(distribution_chart, marks_what_analysis_marked_and_says_how_many_runs) {
  const TwiceAsFast twice;
  const auto chart = distribution_chart(twice.view(), "a");
  EXPECT_EQ(count(chart, "class=\"curve "), 2u);
  EXPECT_EQ(count(chart, "<use class=\"mark k0\" href=\"#m0\" x=\""), 2u);
  EXPECT_THAT(chart, HasSubstr("N = 352"));
  EXPECT_THAT(chart, HasSubstr("Without a curve: c4 needs 20 samples, has 12."));
}

TEST(distribution_chart, of_more_curves_than_colours_has_further_panels) {
  const auto experiment = crowded_experiment(20);
  const auto analysis = crowded_analysis(20);
  const auto chart = distribution_chart(views({experiment, analysis, {}}).front(), "a");
  EXPECT_EQ(count(chart, "class=\"curve "), 17u);
  EXPECT_EQ(count(chart, "class=\"plot\""), 3u);
}

TEST(fidelity_chart, has_a_place_for_an_exact_output_and_hollow_marks_for_the_unranked) {
  TwiceAsFast twice;
  for (auto& check : twice.experiment.truth_checks) check.max_rel_error = 0;
  EXPECT_EQ(count(fidelity_chart(twice.view(), "a"), "y=\"192\"/>"), 2u);
  EXPECT_THAT(fidelity_chart(twice.view(), "a"), Not(HasSubstr("hollow k")));
  twice.analysis.groups[0].comparisons[0].ranked = false;
  EXPECT_THAT(fidelity_chart(twice.view(), "a"), HasSubstr("mark hollow k1"));
}

TEST(fidelity_chart, draws_sizes_only_where_they_differ) {
  TwiceAsFast twice;
  EXPECT_EQ(count(fidelity_chart(twice.view(), "a"), "class=\"plot\""), 1u);
  EXPECT_THAT(fidelity_chart(twice.view(), "a"), HasSubstr("Every model is 90.9 MB"));
  twice.experiment.plan.groups[0].candidates[1].artefact = "a1";
  twice.experiment.plan.artefacts[1].size_bytes = 23'000'000;
  EXPECT_EQ(count(fidelity_chart(twice.view(), "a"), "class=\"plot\""), 2u);
}

TEST(charts, are_absent_where_the_record_lacks_what_they_show) {
  TwiceAsFast twice;
  twice.experiment.truth_checks.clear();
  EXPECT_THAT(fidelity_chart(twice.view(), "a"), IsEmpty());
  twice.analysis.groups[0].distributions.clear();
  EXPECT_THAT(distribution_chart(twice.view(), "a"), IsEmpty());
  twice.analysis.groups[0].comparisons[0].fresh_loads = {};
  EXPECT_THAT(speed_up_chart(twice.view(), "a"), IsEmpty());
}

TEST(batch_chart, is_two_plots_of_the_same_batches_with_an_axis_each) {
  const auto analysis = test_analysis();
  const auto chart = batch_chart(analysis.batches[0], "a");
  EXPECT_EQ(count(chart, "class=\"plot\""), 2u);
  EXPECT_EQ(count(chart, ">32</text>"), 2u);
  EXPECT_THAT(chart, HasSubstr("Highest throughput: openvino at batch 1, 275 items/s"));
}

TEST(html_text, is_valid_and_visible_whatever_comes_in) {
  EXPECT_EQ(html::text("<a b='c'>&\""), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;");
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(html::text("\x1b\n\x7f"), replaced + replaced + replaced);
  EXPECT_EQ(html::text("\xE2\x80\xAE\xE2\x81\xA7\xD8\x9C"), replaced + replaced + replaced)
      << "U+202E, U+2067, U+061C";
  EXPECT_EQ(html::text("\xD7\xA9 \xC2\xB5s"), "\xD7\xA9 \xC2\xB5s");
  EXPECT_EQ(html::text("a\xFF\xC3"), "a" + replaced + replaced);
  EXPECT_EQ(html::text("\xC0\xBC\xED\xA0\x80").find('<'), std::string::npos) << "overlong, surrogate";
  EXPECT_EQ(html::text("\xC2\xB5\xC2\xB5\xC2\xB5", 2), "\xC2\xB5\xC2\xB5\xE2\x80\xA6");
}

TEST(html_text, source_hash_is_the_base64_of_sha256) {
  EXPECT_EQ(html::source_hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(html::source_hash("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

}  // namespace
}  // namespace inferometer::report
