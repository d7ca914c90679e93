// Variants and sets of candidates: which artefacts a plan asks for, and what they are held against.
#include "plan/sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "plan/plan.h"

namespace inferometer::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

results::Capabilities engine(const std::string& name, const std::string& format) {
  results::Capabilities engine;
  engine.engine = engine.package = name;
  engine.formats = {format};
  engine.precisions = {"float32"};
  engine.installed_versions = {"1"};
  return engine;
}

std::vector<results::Capabilities> engines() {
  auto ort = engine("onnxruntime", "onnx");
  ort.options = {{"graph_optimization", "choice", "all", {"disabled", "basic", "all"}, 0, 0, ""}};
  return {ort, engine("litert", "tflite"), engine("tensorflow", "saved_model")};
}

Request request() {
  Model model;
  model.name = "tiny";
  model.info.parts = {
      {"model", {{"input_ids", "int64", {{0, "batch", "batch"}, {0, "sequence", "sequence"}}, 30522}}, {}}};
  model.variants = {{{"onnx", "float32", ""}},
                    {.variant = {"saved_model", "float32", ""},
                     .fixed_shapes = true,
                     .wants_samples = false,
                     .toolchain = "toolchain"},
                    {.variant = {"tflite", "float16", ""},
                     .fixed_shapes = true,
                     .wants_samples = false,
                     .toolchain = "toolchain"},
                    {.variant = {"tflite", "int8", "dynamic"},
                     .fixed_shapes = true,
                     .wants_samples = false,
                     .toolchain = "toolchain"},
                    {.variant = {"tflite", "int8", ""},
                     .fixed_shapes = true,
                     .wants_samples = true,
                     .toolchain = "toolchain"}};
  Request request;
  request.models = {model};
  request.cpus = 2;
  return request;
}

Request with_set(const std::string& set) {
  auto asked = request();
  asked.set = set;
  return asked;
}

std::vector<std::string> labels(const results::Plan& plan) {
  std::vector<std::string> labels;
  for (const auto& candidate : plan.groups.at(0).candidates) labels.push_back(candidate.label);
  return labels;
}

const results::Artefact& artefact(const results::Plan& plan, const std::string& variant,
                                  std::int64_t sequence_length) {
  for (const auto& one : plan.artefacts) {
    if (one.variant == variant && one.sequence_length == sequence_length) return one;
  }
  throw std::runtime_error("no artefact of " + variant);
}

TEST(sets, bert_has_the_names_that_people_know_and_the_float32_model_as_baseline) {
  const auto plan = make_plan(with_set("bert"), engines());
  EXPECT_THAT(labels(plan), ElementsAre("tensorflow_baseline", "tflite_int8", "tflite_float16",
                                        "tflite_dynamic_range", "onnx_default", "onnx_optimized"));
  EXPECT_EQ(plan.set, "bert");
  EXPECT_EQ(plan.groups[0].baseline, plan.groups[0].candidates[0].id);
  EXPECT_EQ(plan.groups[0].candidates[4].configuration.options.at("graph_optimization"), "basic");
  EXPECT_EQ(plan.groups[0].candidates[1].configuration.variant, "tflite/int8");
}

TEST(sets, engines_is_one_model_in_float32_on_each) {
  auto known = engines();
  known.push_back(engine("openvino", "onnx"));
  auto asked = with_set("engines");
  asked.models[0].variants.push_back({.variant = {"tflite", "float32", ""},
                                      .fixed_shapes = true,
                                      .wants_samples = false,
                                      .toolchain = "toolchain"});
  const auto plan = make_plan(asked, known);
  EXPECT_THAT(labels(plan), ElementsAre("tensorflow", "tflite", "onnx", "openvino"));
  for (const auto& candidate : plan.groups[0].candidates)
    EXPECT_THAT(candidate.configuration.variant, HasSubstr("/float32"));
}

TEST(sets, both_of_onnx_runtime_measure_one_file) {
  const auto plan = make_plan(with_set("bert"), engines());
  EXPECT_EQ(plan.groups[0].candidates[4].artefact, plan.groups[0].candidates[5].artefact);
}

TEST(sets, several_thread_counts_are_distinguished_in_the_labels) {
  auto asked = with_set("bert");
  asked.threads = {"1", "2"};
  EXPECT_THAT(labels(make_plan(asked, engines())), testing::Contains("tflite_float16 2 threads"));
}

TEST(sets, an_unknown_one_is_refused_with_the_known) {
  try {
    make_plan(with_set("bret"), engines());
    FAIL() << "accepted";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("bert"));
  }
}

TEST(sets, need_a_model_that_variants_can_be_built_of) {
  auto asked = with_set("bert");
  asked.models[0].variants.resize(1);
  asked.models[0].info.variant.format = "onnx";
  try {
    make_plan(asked, engines());
    FAIL() << "accepted";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no variants can be built of tiny, whose format is onnx already"));
  }
}

TEST(variants, fixed_shapes_make_one_artefact_for_each_workload_and_open_ones_one_for_all) {
  auto asked = request();
  asked.variants = {"onnx/float32", "tflite/float16"};
  asked.sequence_lengths = {64, 128};
  const auto plan = make_plan(asked, engines());
  EXPECT_EQ(plan.artefacts.size(), 3U);
  EXPECT_EQ(artefact(plan, "tflite/float16", 64).batch_size, 1);
  EXPECT_NE(artefact(plan, "tflite/float16", 64).key, artefact(plan, "tflite/float16", 128).key);
  EXPECT_EQ(artefact(plan, "onnx/float32", 0).batch_size, 0);
}

TEST(variants, are_held_against_the_model_s_own_even_where_nobody_measures_that) {
  auto asked = request();
  asked.variants = {"tflite/int8"};
  const auto plan = make_plan(asked, engines());
  const auto& own = artefact(plan, "onnx/float32", 0);
  EXPECT_EQ(artefact(plan, "tflite/int8", 128).parent, own.key);
  EXPECT_EQ(own.parent, "");
  EXPECT_LT(own.key, artefact(plan, "tflite/int8", 128).key) << "a parent is made first";
}

TEST(variants, an_engine_that_runs_one_of_them_is_not_skipped_for_the_others) {
  auto asked = request();
  asked.variants = {"onnx/float32", "tflite/float16"};
  asked.engines = {"litert", "onnxruntime"};
  const auto plan = make_plan(asked, engines());
  EXPECT_THAT(labels(plan), ElementsAre("litert tflite/float16", "onnxruntime onnx/float32"));
  EXPECT_THAT(plan.skipped, IsEmpty());
}

TEST(variants, an_engine_that_runs_another_one_says_which) {
  auto asked = request();
  asked.engines = {"onnxruntime", "litert"};
  const auto plan = make_plan(asked, engines());
  ASSERT_EQ(plan.skipped.size(), 1U);
  EXPECT_EQ(plan.skipped[0].remedy, "ask for variant tflite/float16");
}

TEST(variants, a_candidate_that_its_engine_does_not_run_names_one_that_it_runs) {
  auto asked = request();
  asked.candidates = {"onnxruntime", "litert"};
  const auto plan = make_plan(asked, engines());
  ASSERT_EQ(plan.skipped.size(), 1U);
  EXPECT_EQ(plan.skipped[0].remedy, "ask for variant tflite/float16");
}

TEST(variants, without_their_toolchain_they_are_skipped_with_the_line_that_installs_it) {
  auto asked = with_set("bert");
  for (auto& variant : asked.models[0].variants) variant.can_be_built = variant.toolchain.empty();
  const auto plan = make_plan(asked, engines());
  EXPECT_THAT(labels(plan), ElementsAre("onnx_default", "onnx_optimized"));
  ASSERT_EQ(plan.skipped.size(), 4U);
  EXPECT_EQ(plan.skipped[0].label, "tensorflow_baseline");
  EXPECT_EQ(plan.skipped[0].reason,
            "toolchain is missing or damaged here, and it builds saved_model/float32");
  EXPECT_EQ(plan.skipped[0].remedy, "inferometer packages install toolchain");
}

TEST(variants, an_unknown_one_is_refused_with_the_nearest) {
  auto asked = request();
  asked.candidates = {"litert,variant=tflite/float61"};
  try {
    make_plan(asked, engines());
    FAIL() << "accepted";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("tflite/float16"));
  }
}

}  // namespace
}  // namespace inferometer::plan
