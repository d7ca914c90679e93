#include "campaign/experiments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace inferometer::campaign {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SuiteFile file(const std::string& text) { return parse_suite_file(text, "suite.yaml"); }

const SuiteFile kShipped = file(R"(
missing_weights: synthetic
phases:
  - {name: text, models: [bert, {model: roberta-base, folder: roberta}], set: bert}
  - {name: batch, models: [mobilenet], engines: [a, b], batch_sizes: [1, 4, 8], folders: batch_size}
)");

std::vector<SuiteExperiment> plan(const std::string& text) {
  return plan_experiments(with_phases(file(text), kShipped), results::Effort());
}

std::string message_of(const std::string& text) {
  try {
    plan(text);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

/// [1, 2, ..., count]
std::string list(int count) {
  std::string text = "[1";
  for (int i = 2; i <= count; ++i) text += "," + std::to_string(i);
  return text + "]";
}

TEST(experiments, are_one_a_model_in_the_order_of_the_phases) {
  const auto all = plan("");
  std::vector<std::string> folders;
  for (const auto& one : all) folders.push_back(one.folder);
  EXPECT_THAT(folders, ElementsAre("text/bert", "text/roberta", "batch/mobilenet"));
  EXPECT_EQ(all[1].phase, "text");
  EXPECT_EQ(all[1].model, "roberta-base");
  EXPECT_EQ(all[1].request.set, "bert");
  EXPECT_EQ(all[2].folders, Folders::BatchSize);
  EXPECT_THAT(all[2].request.engines, ElementsAre("a", "b"));
}

TEST(experiments, of_a_file_without_phases_take_the_sizes_it_names_everywhere) {
  EXPECT_THAT(plan("")[2].request.batch_sizes, ElementsAre(1, 4, 8));
  const auto smaller = plan("batch_sizes: [1, 2]\nsequence_lengths: [64]");
  for (const auto& one : smaller) {
    EXPECT_THAT(one.request.batch_sizes, ElementsAre(1, 2)) << one.folder;
    EXPECT_THAT(one.request.sequence_lengths, ElementsAre(64)) << one.folder;
  }
}

TEST(experiments, of_phases_with_their_own_sizes_keep_them) {
  const auto all =
      plan("batch_sizes: [2]\nphases: [{name: a, models: [x]}, {name: b, models: [x], batch_sizes: [8]}]");
  EXPECT_THAT(all[0].request.batch_sizes, ElementsAre(2));
  EXPECT_THAT(all[1].request.batch_sizes, ElementsAre(8));
  EXPECT_THAT(all[0].request.sequence_lengths, IsEmpty());
}

TEST(experiments, take_their_counts_from_the_file_and_the_rest_from_the_mode) {
  results::Effort mode;
  mode.timed_runs = 100;
  mode.margin = 0.02;
  const auto all =
      plan_experiments(with_phases(file("benchmark: {warmup_iterations: 10, repeat_runs: 1, budget_seconds: "
                                        "1.5, margin_percent: 3}\nseed: 9"),
                                   kShipped),
                       mode);
  const auto& effort = all[0].request.effort;
  EXPECT_EQ(effort.warm_up_runs, 10);
  EXPECT_EQ(effort.timed_runs, 100);
  EXPECT_EQ(effort.repeats, 1);
  EXPECT_EQ(effort.budget_ns, 1'500'000'000);
  EXPECT_DOUBLE_EQ(effort.margin, 0.03);
  EXPECT_EQ(all[0].request.seed, 9u);
  EXPECT_EQ(plan_experiments(with_phases(file("benchmark: {test_iterations: 5}"), kShipped), mode)[0]
                .request.effort.timed_runs,
            5);
}

TEST(experiments, millions_of_cells_are_refused_with_the_count) {
  // 2 models x the 6 of a set + 1 model x 2 engines, each with so many sizes.
  EXPECT_THAT(message_of("batch_sizes: " + list(1000) + "\nsequence_lengths: " + list(1000)),
              HasSubstr("asks for 14000000 cells"));
  const std::string one = "phases: [{name: a, models: [x], engines: [p, q]}]\nbatch_sizes: ";
  EXPECT_THAT(message_of(one + list(5000)), HasSubstr("no error"));
  EXPECT_THAT(message_of(one + list(5001)), HasSubstr("asks for 10002 cells"));
  EXPECT_THAT(message_of("threads: [1, 2]\n" + one + list(2501)), HasSubstr("asks for 10004 cells"));
  EXPECT_THAT(message_of(one + list(3200) + "\nsequence_lengths: " + list(3125)),
              HasSubstr("asks for 20000000 cells"));
}

TEST(experiments, of_listed_candidates_count_those_that_name_their_threads_once) {
  const auto all =
      file("threads: [1, 2]\nphases: [{name: a, models: [x, y], candidates: [p, q, 'r,threads=1']}]");
  EXPECT_EQ(count_cells(all), 10u);
  EXPECT_THAT(plan_experiments(all, results::Effort())[1].request.candidates,
              ElementsAre("p", "q", "r,threads=1"));
}

TEST(experiments, a_count_that_no_number_holds_does_not_wrap) {
  SuiteFile huge;
  huge.threads.resize(1 << 16);
  huge.batch_sizes.resize(1 << 16);
  huge.sequence_lengths.resize(1 << 16);
  huge.phases.resize(3);
  for (auto& phase : huge.phases) phase.models.resize(1 << 16);
  EXPECT_EQ(count_cells(huge), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace inferometer::campaign
