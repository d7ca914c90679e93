#include "quantize/quantize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/test_fixture.h"
#include "onnx/types.h"
#include "quantize/block_fixture.h"

namespace inferometer::quantize {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

class Quantize : public testing::Test {
 protected:
  std::vector<Decision> run(const onnx::ModelProto& model, const Recipe& recipe, const Maxima& maxima = {}) {
    const auto folder = folder_.path() / std::to_string(runs_++);
    fs::create_directory(folder);
    auto decisions = quantize({model, folder_.path() / "source.onnx"}, recipe, maxima, folder);
    result_ = onnx::read_onnx(folder / "model.onnx").proto;  // passes every check of a user's file
    file_ = folder / "model.onnx";
    return decisions;
  }
  std::vector<Decision> run_robust(const onnx::ModelProto& model) {
    return run(model, kRobust, {{"norm", ones_}});
  }
  std::string refusal(const onnx::ModelProto& model, const Recipe& recipe = kRobust) {
    return base::message_of([&] { run(model, recipe, {{"norm", ones_}}); });
  }

  std::vector<float> floats(const std::string& name) const {
    return onnx::float32_values(*initializer(result_, name), file_);
  }
  std::vector<std::int8_t> integers(const std::string& name) const {
    const auto bytes = onnx::stored_bytes(*initializer(result_, name), file_);
    return {bytes.begin(), bytes.end()};
  }

  std::vector<float> ones_ = std::vector<float>(kHidden, 1.0f);
  base::ScratchFolder folder_{"quantize-test"};
  onnx::ModelProto result_;
  fs::path file_;
  int runs_ = 0;
};

std::vector<Outcome> outcomes(const std::vector<Decision>& decisions) {
  std::vector<Outcome> all;
  for (const auto& one : decisions) all.push_back(one.outcome);
  return all;
}

TEST_F(Quantize, the_robust_recipe_leaves_attention_and_takes_gelus_by_token) {
  const auto decisions = run_robust(block());
  EXPECT_THAT(outcomes(decisions), ElementsAre(Outcome::FloatAttention, Outcome::PerTensor, Outcome::PerToken,
                                               Outcome::PerTensor));
  EXPECT_TRUE(decisions[1].smoothed);
  EXPECT_FALSE(decisions[2].smoothed);
  EXPECT_EQ(count(result_, "MatMul"), 1);
  EXPECT_EQ(count(result_, "MatMulInteger"), 2);
  EXPECT_EQ(count(result_, "MatMulIntegerToFloat"), 1);
  EXPECT_EQ(count(result_, "DynamicQuantizeLinear"), 1) << "two products share their activation";
  EXPECT_EQ(summary_of(decisions), "3 of 4 MatMul are int8");
}

TEST_F(Quantize, weights_have_a_scale_a_column_and_no_zero_point) {
  run_robust(block());
  const auto* weights = initializer(result_, "narrow.weights");
  ASSERT_NE(weights, nullptr);
  EXPECT_EQ(weights->data_type(), onnx::kInt8);
  EXPECT_THAT(weights->dims(), ElementsAre(kWide, kWide));
  EXPECT_EQ(floats("narrow.weight_scales").size(), static_cast<std::size_t>(kWide));
  EXPECT_THAT(integers("narrow.weight_zeros"), Each(0));
  EXPECT_THAT(integers("narrow.weights"), Each(testing::Ge(-127)));
  EXPECT_EQ(initializer(result_, "down"), nullptr) << "the float weights are gone";
}

/// ONNX Runtime computes int8 with int8 9.7 times slower on x86.
TEST_F(Quantize, activations_are_unsigned_wherever_integers_are_multiplied) {
  for (const auto& recipe : {kRobust, kEverythingPerTensor}) {
    run(block(), recipe, {{"norm", ones_}});
    for (const auto& node : result_.graph().node()) {
      if (!node.op_type().starts_with("MatMulInteger")) continue;
      const auto* made_by = producer(result_, node.input(0));
      ASSERT_NE(made_by, nullptr);
      // Without a zero point QuantizeLinear makes uint8.
      EXPECT_TRUE(made_by->op_type() == "DynamicQuantizeLinear" ||
                  (made_by->op_type() == "QuantizeLinear" && made_by->input_size() == 2));
    }
  }
}

TEST_F(Quantize, what_smoothing_takes_from_a_norm_it_gives_to_the_weights) {
  auto maxima = ones_;
  maxima[3] = 100;
  const auto model = block();
  run(model, kRobust, {{"norm", maxima}});
  const auto factors = floats("norm.factors");
  const auto gamma = random_floats(kHidden, "gamma");
  const auto scaled = floats("gamma.smoothed");
  const auto up = random_floats(kHidden * kWide, "up");
  const auto weights = integers("raised.weights");
  const auto scales = floats("raised.weight_scales");
  for (std::size_t row = 0; row < factors.size(); ++row) {
    EXPECT_NEAR(scaled[row] * factors[row], gamma[row], 1e-6);
    for (std::size_t column = 0; column < kWide; ++column) {
      const auto at = row * kWide + column;
      EXPECT_NEAR(scales[column] * static_cast<float>(weights[at]), up[at] * factors[row],
                  scales[column] * 0.501);
    }
  }
  EXPECT_GT(factors[3], 8 * factors[4]) << "the loud channel is divided by more";
}

TEST_F(Quantize, readers_of_a_norm_that_stay_float_get_what_they_had) {
  run_robust(block());
  const auto* restored = producer(result_, "norm");
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->op_type(), "Mul");
  EXPECT_EQ(restored->input(0), "norm.smoothed");
  EXPECT_EQ(producer(result_, "turned")->input(0), "norm");
  EXPECT_EQ(producer(result_, "norm.smoothed")->op_type(), "LayerNormalization");
}

TEST_F(Quantize, a_norm_that_feeds_linear_layers_alone_costs_nothing) {
  auto model = block();
  model.mutable_graph()->mutable_output()->RemoveLast();
  auto* nodes = model.mutable_graph()->mutable_node();
  nodes->erase(nodes->begin() + 1, nodes->begin() + 3);
  run_robust(model);
  EXPECT_EQ(producer(result_, "norm"), nullptr);
  EXPECT_EQ(initializer(result_, "norm.factors"), nullptr);
}

TEST_F(Quantize, a_norm_written_as_product_and_sum_is_smoothed_too) {
  auto model = block();
  auto* norm = model.mutable_graph()->mutable_node(0);
  norm->Clear();
  norm->set_op_type("Add");
  for (const auto* name : {"beta", "stretched"}) norm->add_input(name);
  norm->add_output("norm");
  onnx::add_node(model.mutable_graph(), "Mul", {"x", "gamma"}, "stretched");
  model.mutable_graph()->mutable_node()->SwapElements(0, model.graph().node_size() - 1);
  const auto last = model.graph().node_size() - 1;
  for (int i = last; i > 1; --i) model.mutable_graph()->mutable_node()->SwapElements(i, i - 1);
  EXPECT_TRUE(run_robust(model)[1].smoothed);
  EXPECT_EQ(producer(result_, "stretched")->input(1), "gamma.smoothed");
  EXPECT_EQ(producer(result_, "norm.smoothed")->input(0), "beta.smoothed");
}

TEST_F(Quantize, the_shift_of_a_gelu_comes_back_by_column) {
  run_robust(block());
  const auto weights = integers("narrow.weights");
  const auto scales = floats("narrow.weight_scales");
  const auto excess = floats("narrow.excess");
  for (std::size_t column = 0; column < kWide; ++column) {
    double sum = 0;
    for (std::size_t row = 0; row < kWide; ++row) sum += weights[row * kWide + column];
    EXPECT_NEAR(excess[column], -0.17 * sum * scales[column], 1e-4);
  }
}

TEST_F(Quantize, everything_per_tensor_is_what_it_says) {
  auto model = block();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_input(), "ids", onnx::kInt64, {"batch"});
  onnx::add_value(graph->add_output(), "rows", 1, {"batch", "64"});
  add_random(graph, "words", {100, kHidden});
  onnx::add_node(graph, "Gather", {"words", "ids"}, "rows");
  const auto decisions = run(model, kEverythingPerTensor);
  EXPECT_THAT(outcomes(decisions), ElementsAre(Outcome::Product, Outcome::PerTensor, Outcome::PerTensor,
                                               Outcome::PerTensor, Outcome::Table));
  EXPECT_EQ(count(result_, "MatMul"), 0);
  EXPECT_EQ(floats("narrow.weight_scales").size(), 1u);
  EXPECT_EQ(initializer(result_, "rows.table")->data_type(), onnx::kUint8);
  EXPECT_EQ(floats("rows.table_scale").size(), 1u);
  EXPECT_EQ(initializer(result_, "words"), nullptr);
}

TEST_F(Quantize, tables_can_have_a_scale_a_row) {
  auto model = block();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_input(), "ids", onnx::kInt64, {"batch"});
  onnx::add_value(graph->add_output(), "rows", 1, {"batch", "64"});
  add_random(graph, "words", {100, kHidden});
  onnx::add_node(graph, "Gather", {"words", "ids"}, "rows");
  EXPECT_EQ(run_robust(model).back().outcome, Outcome::FloatTable);
  auto recipe = kRobust;
  recipe.tables = Tables::SignedPerRow;
  EXPECT_EQ(run(model, recipe, {{"norm", ones_}}).back().outcome, Outcome::Table);
  EXPECT_EQ(floats("rows.table_scales").size(), 100u);
  EXPECT_EQ(initializer(result_, "rows.table")->data_type(), onnx::kInt8);
}

TEST_F(Quantize, what_cannot_be_quantized_stays_with_its_reason) {
  auto model = block();
  auto* graph = model.mutable_graph();
  const auto add = [&](const std::string& op, const std::vector<std::string>& inputs,
                       const std::string& name) {
    onnx::add_value(graph->add_output(), name, 1, {"?"});
    return onnx::add_node(graph, op, inputs, name);
  };
  add_random(graph, "cube", {2, kHidden, kWide});
  add_random(graph, "few", {kHidden, 3});
  onnx::add_initializer(graph, "halves", onnx::kFloat16, {kHidden, kWide});
  auto broken = random_floats(kHidden * kWide, "broken");
  broken[5] = NAN;
  add_floats(graph, "broken", {kHidden, kWide}, broken);
  add_random(graph, "left", {kWide, kHidden});
  add_random(graph, "kernel", {8, 3, 3, 3});
  add("MatMul", {"norm", "cube"}, "a");
  add("MatMul", {"norm", "few"}, "b");
  add("MatMul", {"norm", "halves"}, "c");
  add("MatMul", {"norm", "broken"}, "d");
  add("MatMul", {"left", "turned"}, "e");
  add("Conv", {"x", "kernel"}, "f");
  auto* alpha = add("Gemm", {"norm", "up"}, "g")->add_attribute();
  alpha->set_name("alpha");
  alpha->set_f(2);
  auto decisions = outcomes(run_robust(model));
  decisions.erase(decisions.begin(), decisions.begin() + 4);
  EXPECT_THAT(decisions,
              ElementsAre(Outcome::OtherRank, Outcome::FewWeights, Outcome::OtherType, Outcome::NotFinite,
                          Outcome::ConstantLeft, Outcome::FloatOperator, Outcome::ScaledGemm));
}

TEST_F(Quantize, a_gemm_keeps_its_bias_and_reads_its_weights_either_way) {
  auto model = block();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_output(), "head", 1, {"batch", "256"});
  const auto up = random_floats(kHidden * kWide, "up");
  add_floats(graph, "up_by_column", {kWide, kHidden}, transposed(up, {kHidden, kWide}));
  auto* attribute = onnx::add_node(graph, "Gemm", {"x", "up_by_column", "bias"}, "head")->add_attribute();
  attribute->set_name("transB");
  attribute->set_i(1);
  EXPECT_EQ(run_robust(model).back().outcome, Outcome::PerTensor);
  const auto by_column = quantize_per_column(up, {kHidden, kWide});
  EXPECT_EQ(integers("head.weights"), by_column.values);
  EXPECT_EQ(producer(result_, "head")->op_type(), "Add");
  EXPECT_EQ(producer(result_, "head")->input(1), "bias");
}

TEST_F(Quantize, weights_that_several_products_share_are_stored_once) {
  auto model = block();
  auto* graph = model.mutable_graph();
  for (const auto* name : {"again", "once_more"}) {
    onnx::add_value(graph->add_output(), name, 1, {"?"});
    onnx::add_node(graph, "MatMul", {"x", "up"}, name);
  }
  auto* nodes = graph->mutable_node();
  nodes->SwapElements(3, nodes->size() - 1);  // one before the product that a norm feeds, one behind it
  run_robust(model);
  EXPECT_EQ(producer(result_, "again.int32")->input(1), producer(result_, "once_more.int32")->input(1));
  EXPECT_NE(producer(result_, "again.int32")->input(1), producer(result_, "raised.int32")->input(1))
      << "these have a norm's factors in them";
}

/// Engines refuse a model with two nodes of one name.
TEST_F(Quantize, no_two_nodes_have_one_name) {
  auto model = block();
  for (auto& node : *model.mutable_graph()->mutable_node()) node.set_name(node.output(0));
  run_robust(model);
  std::set<std::string> names;
  for (const auto& node : result_.graph().node())
    EXPECT_TRUE(names.insert(node.name()).second) << node.name();
}

TEST_F(Quantize, graphs_inside_nodes_get_what_they_had) {
  auto model = block();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_output(), "chosen", 1, {"?"});
  onnx::add_value(graph->add_input(), "condition", 9, {});
  auto* branch = onnx::add_node(graph, "If", {"condition"}, "chosen")->add_attribute();
  branch->set_name("then_branch");
  branch->set_type(5);
  onnx::add_node(branch->mutable_g(), "MatMul", {"norm", "up"}, "inner");
  branch->mutable_g()->add_output()->set_name("inner");
  run_robust(model);
  EXPECT_EQ(producer(result_, "norm")->op_type(), "Mul");
  EXPECT_EQ(floats("up"), random_floats(kHidden * kWide, "up"));
}

TEST_F(Quantize, weights_behind_a_transpose_are_found) {
  auto model = block();
  auto* graph = model.mutable_graph();
  const auto down = random_floats(kWide * kWide, "down");
  add_floats(graph, "down_by_column", {kWide, kWide}, transposed(down, {kWide, kWide}));
  onnx::add_node(graph, "Transpose", {"down_by_column"}, "down_again");
  for (auto& node : *graph->mutable_node())
    if (node.output(0) == "narrow") node.set_input(1, "down_again");
  run_robust(model);
  EXPECT_EQ(integers("narrow.weights"), quantize_per_column(down, {kWide, kWide}).values);
  EXPECT_EQ(initializer(result_, "down_by_column"), nullptr);
}

TEST_F(Quantize, float_weights_stay_where_something_else_reads_them) {
  auto model = block();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_input(), "ids", onnx::kInt64, {"batch"});
  onnx::add_value(graph->add_output(), "rows", 1, {"batch", "256"});
  onnx::add_node(graph, "Gather", {"up", "ids"}, "rows");
  run_robust(model);
  EXPECT_EQ(floats("up"), random_floats(kHidden * kWide, "up"));
}

TEST_F(Quantize, what_cannot_be_is_refused_with_the_reason) {
  auto model = block();
  run_robust(model);
  EXPECT_THAT(refusal(result_), AllOf(HasSubstr("source.onnx"), HasSubstr("quantized already")));
  model.mutable_opset_import(0)->set_version(10);
  EXPECT_THAT(refusal(model), HasSubstr("opset 10"));
  auto nothing = empty_model();
  onnx::add_value(nothing.mutable_graph()->add_input(), "x", 1, {"1"});
  onnx::add_value(nothing.mutable_graph()->add_output(), "y", 1, {"1"});
  onnx::add_node(nothing.mutable_graph(), "Relu", {"x"}, "y");
  EXPECT_THAT(refusal(nothing), HasSubstr("nothing to quantize"));
  EXPECT_THAT(base::message_of([&] { run(block(), kRobust, {}); }), HasSubstr("norm"));
}

TEST_F(Quantize, a_probe_has_the_maxima_of_norms_and_nothing_else) {
  const auto model = block();
  const Source source{model, folder_.path() / "source.onnx"};
  const auto probes = probes_of(source, kRobust);
  ASSERT_EQ(probes.size(), 1u);
  EXPECT_EQ(probes[0].activation, "norm");
  EXPECT_TRUE(probes_of(source, kEverythingPerTensor).empty());
  write_probe_model(source, kRobust, folder_.path());
  const auto probe = onnx::read_onnx(folder_.path() / "model.onnx").proto;
  ASSERT_EQ(probe.graph().output_size(), 1);
  EXPECT_EQ(probe.graph().output(0).name(), probes[0].output);
  EXPECT_EQ(probe.graph().node_size(), 4) << "the norm, Abs, Reshape and ReduceMax";
  EXPECT_EQ(initializer(probe, "down"), nullptr);
}

TEST_F(Quantize, older_and_newer_operators_take_their_axes_in_their_own_way) {
  for (const std::int64_t opset : {12, 13, 17, 18}) {
    auto model = block();
    model.mutable_opset_import(0)->set_version(opset);
    const auto decisions = run_robust(model);
    EXPECT_EQ(decisions[2].outcome, opset < 13 ? Outcome::PerTensor : Outcome::PerToken) << opset;
    if (opset < 13) continue;
    const auto* largest = producer(result_, "active.largest");
    const auto* of_rows = producer(result_, "active.raised.largest");
    const auto* node = largest != nullptr ? largest : of_rows;
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->input_size(), opset < 18 ? 1 : 2);
  }
}

}  // namespace
}  // namespace inferometer::quantize
