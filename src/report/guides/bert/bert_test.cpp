// The reports of the set bert: every number against the raw samples, and what a reader must know.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/experiment_fixture.h"
#include "base/json.h"
#include "base/text.h"
#include "report/guides/bert/bert_fixture.h"
#include "report/report_fixture.h"

namespace inferometer::report {
namespace {

using base::Json;
using ::testing::HasSubstr;
using ::testing::Not;

/// Samples that differ, by as much in every row of a round, so that the ratio of two rows stays what it was.
void spread(results::Block& block, int set) {
  for (std::size_t i = 0; i < block.durations_ns.size(); ++i) {
    const auto step = (13 * block.round + 29 * static_cast<int>(i) + 41 * set) % 97;
    block.durations_ns[i] += block.durations_ns[i] * step / 2000;
  }
  block.wall_ns =
      500 + std::accumulate(block.durations_ns.begin(), block.durations_ns.end(), std::int64_t{0});
  block.cpu_ns = 3 * block.wall_ns / 2;
}

/// Two configurations of the set, measured at batch 2, with latencies that differ from run to run.
results::Experiment measured() {
  auto experiment = analysis::experiment_of(results::Mode::Standard);
  analysis::add_load_sets(experiment, 10, 10, analysis::rival_at(0.6));
  experiment.plan.set = "bert";
  auto& group = experiment.plan.groups[0];
  group.workload = {"bert-base-uncased", 2, 128, {}, ""};
  group.candidates[0].label = "tensorflow_baseline";
  group.candidates[1].label = "tflite_int8";
  experiment.plan.artefacts.resize(2);
  for (std::size_t i = 0; i < 2; ++i) {
    experiment.plan.artefacts[i].key = group.candidates[i].artefact = "a" + std::to_string(i);
    experiment.plan.artefacts[i].size_bytes = i == 0 ? 438'000'000 : 111'000'000;
  }
  for (auto& set : experiment.load_sets) {
    for (auto& load : set.loads) {
      load.peak_rss_bytes = 700'000'000 + 1'000'000 * set.index;
      for (auto& block : load.blocks) spread(block, set.index);
    }
  }
  return experiment;
}

Json results_of(const results::Experiment& experiment) {
  return base::parse_json(printed("bert-json", experiment, analysis::analyse(experiment)), "bert-json");
}

std::string report_of(const results::Experiment& experiment) {
  return printed("bert-md", experiment, analysis::analyse(experiment));
}

/// What the samples of one result say, by sums that know nothing of the analysis.
struct Raw {
  std::vector<double> samples_ns;
  double wall_ns = 0, cpu_ns = 0, peak_memory_bytes = 0;

  explicit Raw(const Json& result) {
    for (const auto& load : result.at("samples")) {
      peak_memory_bytes = std::max(peak_memory_bytes, load.at("peak_memory_bytes").get<double>());
      for (const auto& block : load.at("blocks")) {
        for (const auto& one : block.at("durations_ns")) samples_ns.push_back(one.get<double>());
        wall_ns += block.at("wall_ns").get<double>();
        cpu_ns += block.at("cpu_ns").get<double>();
      }
    }
    std::sort(samples_ns.begin(), samples_ns.end());
  }
  double mean_ns() const {
    return std::accumulate(samples_ns.begin(), samples_ns.end(), 0.0) /
           static_cast<double>(samples_ns.size());
  }
  double type7_ns(double p) const {
    const double place = p * static_cast<double>(samples_ns.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, samples_ns.size() - 1);
    return samples_ns[below] + (place - static_cast<double>(below)) * (samples_ns[above] - samples_ns[below]);
  }
};

TEST(bert_results, every_number_follows_from_the_samples_beside_it) {
  const auto all = results_of(measured());
  ASSERT_EQ(all.at("results").size(), 2u);
  for (const auto& result : all.at("results")) {
    const Raw raw(result);
    const auto& latency = result.at("latency");
    EXPECT_EQ(latency.at("samples"), raw.samples_ns.size());
    ASSERT_EQ(raw.samples_ns.size(), 400u);
    EXPECT_NEAR(latency.at("mean_ns").get<double>(), raw.mean_ns(), 1e-6 * raw.mean_ns());
    for (const auto& one : latency.at("percentiles")) {
      EXPECT_NEAR(one.at("plain_type7_ns").get<double>(), raw.type7_ns(one.at("p").get<double>()), 1);
      EXPECT_NEAR(one.at("value_ns").get<double>(), raw.type7_ns(one.at("p").get<double>()), 3000);
    }
    EXPECT_NEAR(latency.at("throughput_per_second").get<double>(), 2 * 400 / (raw.wall_ns / 1e9), 0.01);
    EXPECT_NEAR(result.at("resources").at("cpus_used").get<double>(), raw.cpu_ns / raw.wall_ns, 1e-9);
    EXPECT_DOUBLE_EQ(result.at("resources").at("peak_memory_bytes").get<double>(), raw.peak_memory_bytes);
  }
  EXPECT_EQ(all.at("results")[1].at("model_size_bytes"), 111'000'000);
}

TEST(bert_results, the_speed_up_is_the_median_ratio_of_the_rounds_of_each_load) {
  const auto all = results_of(measured());
  std::vector<double> by_load;
  const auto& rows = all.at("results");
  const auto block_median = [](const Json& block) {
    auto values = block.at("durations_ns").get<std::vector<double>>();
    std::sort(values.begin(), values.end());
    return (values[1] + values[2]) / 2;
  };
  const auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
  };
  for (std::size_t load = 0; load < 10; ++load) {
    std::vector<double> logs;
    for (std::size_t round = 0; round < 10; ++round) {
      logs.push_back(std::log(block_median(rows[1].at("samples")[load].at("blocks")[round]) /
                              block_median(rows[0].at("samples")[load].at("blocks")[round])));
    }
    by_load.push_back(median(logs));
  }
  const auto& ratio = rows[1].at("comparison").at("fresh_loads");
  EXPECT_NEAR(ratio.at("latency_ratio").get<double>(), std::exp(median(by_load)), 1e-9);
  EXPECT_NEAR(ratio.at("speed_up").get<double>(), std::exp(-median(by_load)), 1e-9);
}

TEST(bert_report, shows_the_numbers_of_the_results) {
  const auto experiment = measured();
  const auto text = report_of(experiment);
  for (const auto& result : results_of(experiment).at("results")) {
    const Raw raw(result);
    const auto row = "| bert-base-uncased | " + result.at("config").get<std::string>();
    const auto begin = text.find(base::split(row, '_')[0]);
    ASSERT_NE(begin, std::string::npos) << row;
    EXPECT_THAT(text, HasSubstr("| " + base::format_ns(raw.mean_ns()) + " | "));
    EXPECT_THAT(text, HasSubstr(" | " + base::format_bytes(raw.peak_memory_bytes) + " | "));
    EXPECT_THAT(text, HasSubstr(std::to_string(std::lround(100 * raw.cpu_ns / raw.wall_ns)) + " % | "));
  }
  EXPECT_THAT(text, HasSubstr(" | 438 MB | "));
  EXPECT_THAT(text, HasSubstr("| tflite\\_int8 | \\~25 % | 25 % | 1.5-2.0x | 1.67x ["));
}

TEST(bert_report, says_what_keeps_a_reader_from_a_wrong_conclusion) {
  const auto text = printed("bert-md", bert_experiment(), bert_analysis());
  for (
      const char* sentence :
      {"interrupted: a partial report",
       "| bert-base-uncased | tensorflow\\_baseline | 5.26 ms | 5.21 ms | 5.73 ms | - (6.77 ms) | 192 "
       "samples/s | "
       "198 % | 210 MB | 438 MB | ok: max relative error 2e-06 (limit 0.0001), cosine 0.999998 |  | 0 of 4 |",
       "| bert-base-uncased | onnx\\_default | crashed | - |",
       "wrong output: max relative error 0.31 (limit 0.0001)", "1 of 4 (25 %)",
       "Accuracy loss is blank: it needs labelled examples",
       "| tflite\\_dynamic\\_range | 1.43x [1.41, 1.45] | faster | 11 fresh loads |",
       "**Fastest configuration: tflite\\_dynamic\\_range**",
       "tflite\\_int8: wrong output in outputs: logits: max relative error 0.31 (limit 0.0001); cosine 0.69; "
       "another "
       "class",
       "| tflite\\_int8 | \\~25 % | 26 % | 1.5-2.0x | 2.08x [2.04, 2.13] | not ranked | 0.5-2 % |  |",
       "| tflite\\_dynamic\\_range | \\~40 % | 25 % | 1.4-1.6x | 1.43x [1.41, 1.45] | holds here |",
       "| onnx\\_optimized | \\~100 % | 100 % | 1.2-1.4x | 1.002x [0.998, 1.006] | does not hold here | 0 % "
       "| "
       " |",
       "crashed in load: SIGSEGV", "Trust **B**", "Again: `inferometer compare minilm --candidate litert`"}) {
    EXPECT_THAT(text, HasSubstr(sentence));
  }
  EXPECT_THAT(text, Not(HasSubstr("ynthetic")));
}

TEST(bert_report, names_synthetic_weights_before_everything_else) {
  auto experiment = bert_experiment();
  for (auto& artefact : experiment.plan.artefacts) artefact.synthetic_weights = true;
  const auto text = printed("bert-md", experiment, bert_analysis());
  EXPECT_LT(text.find("**Synthetic weights**"), text.find("## Results summary"));
  EXPECT_THAT(text, HasSubstr("| bert-base-uncased (synthetic weights) | tflite"));
}

TEST(bert_report, of_several_batch_sizes_names_them) {
  auto experiment = bert_experiment();
  auto analysis = bert_analysis();
  experiment.plan.groups.push_back(experiment.plan.groups[0]);
  experiment.plan.groups[1].id = "g1";
  experiment.plan.groups[1].workload.batch_size = 8;
  analysis.groups.push_back(analysis.groups[0]);
  analysis.groups[1].group = "g1";
  const auto text = printed("bert-md", experiment, analysis);
  EXPECT_THAT(text, HasSubstr("| bert-base-uncased, batch 8, sequence 128 | tflite"));
  EXPECT_THAT(text, HasSubstr("What to deploy: bert-base-uncased, batch 1, 8"));
  EXPECT_THAT(text, HasSubstr("tflite\\_dynamic\\_range, batch 1"));
}

TEST(bert_report, no_candidate_at_all_is_one_sentence) {
  auto experiment = bert_experiment();
  auto analysis = bert_analysis();
  analysis.groups[0].trust = {analysis::Grade::Invalid, {"neighbours use 1.0 of 2 CPUs"}};
  const auto text = printed("bert-md", experiment, analysis);
  EXPECT_THAT(text, HasSubstr("No candidate may be recommended."));
  EXPECT_THAT(text, HasSubstr("tensorflow\\_baseline: invalid: neighbours use 1.0 of 2 CPUs"));
}

TEST(advice, is_in_every_report_for_people_with_the_same_words) {
  const std::string why = "p95 4.00 ms (runner-up 5.67 ms)";
  for (const char* name : {"md", "html", "json", "bert-md", "bert-json"})
    EXPECT_THAT(printed(name, bert_experiment(), bert_analysis()), HasSubstr(why)) << name;
}

TEST(advice, from_a_run_of_trust_c_says_so) {
  auto analysis = bert_analysis();
  EXPECT_THAT(printed("bert-md", bert_experiment(), analysis), Not(HasSubstr("trust C only")));
  analysis.groups[0].trust = {analysis::Grade::C, {"tensorflow_baseline waited 61 % of its time for a CPU"}};
  EXPECT_THAT(printed("bert-md", bert_experiment(), analysis),
              HasSubstr("it is the baseline; latency ratio to the "
                        "runner-up 1.43 \\[1.41, 1.45\\] across 11 "
                        "fresh loads; trust C only |"));
}

TEST(advice, of_a_hostile_name_stays_in_its_cell) {
  auto experiment = bert_experiment();
  for (auto& spec : experiment.plan.groups[0].candidates) spec.label = "a|b\n# head<script>";
  const auto text = printed("bert-md", experiment, bert_analysis());
  EXPECT_THAT(text, Not(HasSubstr("\n# head")));
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  EXPECT_THAT(printed("html", experiment, bert_analysis()), Not(HasSubstr("head<script>")));
}

}  // namespace
}  // namespace inferometer::report
