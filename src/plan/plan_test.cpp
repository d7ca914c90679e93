#include "plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/field_error.h"

namespace inferometer::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<results::Capabilities> engines() {
  results::Capabilities ort;
  ort.engine = "onnxruntime";
  ort.package = "onnxruntime";
  ort.formats = {"onnx"};
  ort.precisions = {"float32"};
  ort.options = {{"spinning", "boolean", "1", {}, 0, 0, ""},
                 {"graph_optimization", "choice", "all", {"disabled", "all"}, 0, 0, ""}};
  ort.installed_versions = {"1.32.0", "1.24.4"};
  auto openvino = ort;
  openvino.engine = openvino.package = "openvino";
  openvino.precisions = {"float32", "bfloat16"};
  openvino.options.clear();
  openvino.installed_versions = {"2026.4.1"};
  results::Capabilities null;
  null.engine = "null";
  null.formats = {"null"};
  null.precisions = {"float32"};
  null.options = {{"work", "integer", "0", {}, 0, 1000, ""}};
  null.hidden = true;
  null.multi_threaded = false;
  null.installed_versions = {""};
  return {null, ort, openvino};
}

Model text_model(const std::string& name = "minilm") {
  Model model;
  model.name = name;
  model.variants = {{{"onnx", "float32", ""}}};
  model.info.max_sequence_length = 512;
  model.info.parts = {
      {"model", {{"input_ids", "int64", {{0, "batch", "batch"}, {0, "sequence", "sequence"}}, 30522}}, {}}};
  return model;
}

Request request() {
  Request request;
  request.models = {text_model()};
  request.cpus = 4;
  request.free_cpus = 2;
  return request;
}

std::vector<std::string> labels(const results::Group& group) {
  std::vector<std::string> labels;
  for (const auto& candidate : group.candidates) labels.push_back(candidate.label);
  return labels;
}

std::string message_of(const Request& request) {
  try {
    make_plan(request, engines());
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(plan, without_flags_all_installed_engines_run_with_the_free_cpus) {
  const auto plan = make_plan(request(), engines());
  ASSERT_EQ(plan.groups.size(), 1u);
  EXPECT_THAT(labels(plan.groups[0]), ElementsAre("onnxruntime", "openvino"));
  EXPECT_EQ(plan.groups[0].candidates[0].configuration.threads, 2);
  EXPECT_EQ(plan.groups[0].candidates[0].configuration.engine_version, "1.32.0");
  EXPECT_EQ(plan.groups[0].workload.sequence_length, 128);
  EXPECT_EQ(plan.threads_reason, "2 (2 of 4 CPUs are free)");
}

TEST(plan, batch_sizes_and_lengths_make_groups_and_the_rest_makes_candidates) {
  auto asked = request();
  asked.batch_sizes = {1, 8};
  asked.sequence_lengths = {32, 128, 512};
  asked.precisions = {"float32", "bfloat16"};
  const auto plan = make_plan(asked, engines());
  EXPECT_EQ(plan.groups.size(), 6u);
  EXPECT_THAT(labels(plan.groups[0]),
              ElementsAre("onnxruntime float32", "openvino float32", "openvino bfloat16"));
  ASSERT_EQ(plan.skipped.size(), 1u);
  EXPECT_EQ(plan.skipped[0].reason, "onnxruntime does not compute in bfloat16 (it does: float32)");
}

TEST(plan, two_models_with_the_same_inputs_are_compared_in_one_group) {
  auto asked = request();
  asked.models.push_back(text_model("./dir/other.onnx"));
  asked.engines = {"onnxruntime"};
  const auto plan = make_plan(asked, engines());
  ASSERT_EQ(plan.groups.size(), 1u);
  EXPECT_THAT(labels(plan.groups[0]), ElementsAre("onnxruntime minilm", "onnxruntime other.onnx"));
}

TEST(plan, explicit_candidates_may_be_identical_and_are_numbered) {
  auto asked = request();
  asked.candidates = {"onnxruntime,threads=1", "onnxruntime,threads=1",
                      "onnxruntime@1.24.4,threads=1,spinning=0"};
  const auto plan = make_plan(asked, engines());
  EXPECT_THAT(labels(plan.groups[0]),
              ElementsAre("onnxruntime@1.32.0", "onnxruntime@1.32.0 #2", "onnxruntime@1.24.4 spinning=0"));
}

TEST(plan, an_engine_that_is_not_installed_is_a_skipped_row_with_the_line_that_installs_it) {
  auto known = engines();
  known[2].installed_versions.clear();
  const auto plan = make_plan(request(), known);
  ASSERT_EQ(plan.skipped.size(), 1u);
  EXPECT_EQ(plan.skipped[0].remedy, "inferometer packages install openvino");
}

TEST(plan, a_baseline_is_found_by_its_label) {
  auto asked = request();
  asked.baseline = "openvino";
  EXPECT_EQ(make_plan(asked, engines()).groups[0].baseline, "c1");
  asked.baseline = "openvin";
  EXPECT_THAT(message_of(asked), HasSubstr("did you mean 'openvino'"));
}

TEST(plan, wrong_words_are_refused_with_the_nearest) {
  auto asked = request();
  asked.engines = {"onnxrutime"};
  EXPECT_THAT(message_of(asked), HasSubstr("did you mean 'onnxruntime'?"));
  asked = request();
  asked.precisions = {"float23"};
  EXPECT_THAT(message_of(asked), HasSubstr("did you mean 'float32'?"));
  asked = request();
  asked.candidates = {"onnxruntime,spining=0"};
  EXPECT_THAT(message_of(asked), HasSubstr("did you mean 'spinning'?"));
  asked.candidates = {"onnxruntime,spinning=2"};
  EXPECT_THAT(message_of(asked), HasSubstr("known: 0, 1"));
  asked = request();
  asked.options["onnxruntime.graph_optimization"] = "al";
  EXPECT_THAT(message_of(asked), HasSubstr("did you mean 'all'?"));
}

TEST(plan, numbers_out_of_range_are_refused_with_what_is_allowed) {
  auto asked = request();
  asked.threads = {"5"};
  EXPECT_THAT(message_of(asked), HasSubstr("allowed are 1 to 4, or all"));
  asked.threads = {"two"};
  EXPECT_THAT(message_of(asked), HasSubstr("'two' is not a whole number"));
  asked = request();
  asked.sequence_lengths = {0};
  EXPECT_THAT(message_of(asked), HasSubstr("sequence_lengths: found 0, allowed is 1 or more"));
}

TEST(plan, an_error_names_the_field_and_neither_a_flag_nor_a_key) {
  auto asked = request();
  asked.threads = {"5"};
  try {
    make_plan(asked, engines());
    FAIL() << "no error";
  } catch (const base::FieldError& error) {
    EXPECT_EQ(error.field(), "threads");
    EXPECT_THAT(error.message(), StartsWith("5 threads: this process may use 4 CPUs"));
  }
}

TEST(plan, devices_are_distinguished_in_one_table_and_the_engine_chooses_its_default) {
  auto known = engines();
  known[2].devices.push_back({.id = "acc0", .kind = "acc"});
  auto asked = request();
  asked.engines = {"onnxruntime", "openvino"};
  EXPECT_THAT(labels(make_plan(asked, known).groups[0]), ElementsAre("onnxruntime", "openvino"));
  asked.devices = {"cpu", "acc0"};
  const auto plan = make_plan(asked, known);
  ASSERT_EQ(plan.groups.size(), 1u);
  EXPECT_THAT(labels(plan.groups[0]), ElementsAre("onnxruntime cpu", "openvino cpu", "openvino acc0"));
  ASSERT_EQ(plan.skipped.size(), 1u);
  EXPECT_EQ(plan.skipped[0].reason, "onnxruntime does not offer device acc0 (it does: cpu)");
  asked.engines.clear();
  asked.candidates = {"openvino,device=acc0", "openvino"};
  EXPECT_THAT(labels(make_plan(asked, known).groups[0]),
              ElementsAre("openvino acc0", "openvino cpu", "openvino acc0 #2"));
  asked.devices = {"acc1"};
  EXPECT_THAT(message_of(asked), HasSubstr("devices: unknown device 'acc1'"));
  asked.devices.clear();
  asked.candidates = {"onnxruntime,device=acc0"};
  EXPECT_THAT(message_of(asked), HasSubstr("candidates: unknown device of onnxruntime"));
}

TEST(plan, a_model_that_generates_has_prompts_and_new_tokens_and_no_other_has) {
  auto asked = request();
  asked.new_tokens = 8;
  EXPECT_THAT(message_of(asked), HasSubstr("new_tokens: no model here generates text"));
  asked.new_tokens.reset();
  asked.prompt_lengths = {16};
  EXPECT_THAT(message_of(asked), HasSubstr("prompt_lengths: no model here generates text"));
  asked.prompt_lengths.clear();
  asked.models[0].generates = true;
  EXPECT_THAT(message_of(asked), HasSubstr("openvino does not generate text"));
  asked.prompt_lengths = {16, 64};
  asked.new_tokens = 8;
  auto known = engines();
  known[1].scenarios = {"forward", "generate"};
  const auto plan = make_plan(asked, known);
  ASSERT_EQ(plan.groups.size(), 2u);
  EXPECT_THAT(labels(plan.groups[0]), ElementsAre("onnxruntime"));
  const results::Scenario scenario{results::ScenarioKind::Generate, 64, 8};
  EXPECT_EQ(plan.groups[1].workload.scenario, scenario);
  EXPECT_EQ(plan.groups[1].workload.sequence_length, 0);
  EXPECT_THAT(print(plan), HasSubstr("prompt 64  new tokens 8"));
  asked.sequence_lengths = {16};
  EXPECT_THAT(message_of(asked), HasSubstr("sequence_lengths: no model here has a sequence dimension"));
}

TEST(plan, a_fixed_shape_takes_no_batch_and_no_length) {
  auto asked = request();
  asked.models[0].info.parts = {
      {"model", {{"image", "float32", {{1, "", ""}, {1, "", ""}, {28, "", ""}, {28, "", ""}}, 0}}, {}}};
  EXPECT_EQ(make_plan(asked, engines()).groups[0].workload.sequence_length, 0);
  asked.sequence_lengths = {32};
  EXPECT_THAT(message_of(asked), HasSubstr("no model here has a sequence dimension"));
}

TEST(plan, candidates_that_do_not_name_their_threads_have_those_that_are_asked_for) {
  auto asked = request();
  asked.candidates = {"onnxruntime", "onnxruntime,threads=1"};
  asked.threads = {"2"};
  const auto plan = make_plan(asked, engines());
  ASSERT_EQ(plan.groups[0].candidates.size(), 2U);
  EXPECT_EQ(plan.groups[0].candidates[0].configuration.threads, 2);
  EXPECT_EQ(plan.groups[0].candidates[1].configuration.threads, 1);
}

TEST(plan, lists_that_nothing_would_be_made_of_are_refused_beside_candidates) {
  auto asked = request();
  asked.candidates = {"onnxruntime"};
  asked.variants = {"onnx/float32"};
  EXPECT_THAT(message_of(asked), HasSubstr("variants: applies to listed engines"));
  asked.variants.clear();
  asked.precisions = {"float32"};
  EXPECT_THAT(message_of(asked), HasSubstr("precisions: applies to"));
  asked.precisions.clear();
  asked.options = {{"onnxruntime.spinning", "0"}};
  EXPECT_THAT(message_of(asked), HasSubstr("options: applies to"));
}

TEST(plan, ten_thousand_candidates_are_refused) {
  auto asked = request();
  for (int size = 1; size <= 600; ++size) asked.batch_sizes.push_back(size);
  EXPECT_THAT(message_of(asked), HasSubstr("more than 1000 candidates"));
}

TEST(plan, the_null_model_runs_on_the_null_engine_with_one_thread) {
  auto asked = request();
  asked.models[0].variants[0].variant.format = "null";
  const auto plan = make_plan(asked, engines());
  EXPECT_THAT(labels(plan.groups[0]), ElementsAre("null"));
  EXPECT_EQ(plan.groups[0].candidates[0].configuration.threads, 1);
}

}  // namespace
}  // namespace inferometer::plan
