#include "builder/inspect/onnx_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/test_fixture.h"
#include "onnx/model_fixture.h"
#include "onnx/reader.h"

namespace inferometer::builder {
namespace {

using base::message_of;
namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> roles(const results::ModelInput& input) {
  std::vector<std::string> roles;
  for (const auto& dimension : input.shape) {
    roles.push_back(dimension.size > 0 ? std::to_string(dimension.size) : dimension.role);
  }
  return roles;
}

/// The summary of a model whose only use of its inputs is an Identity each.
results::ModelInfo summary_of_inputs(
    const std::vector<std::tuple<std::string, int, std::vector<std::string>>>& inputs) {
  onnx::ModelProto model;
  for (const auto& [name, type, dims] : inputs) {
    onnx::add_value(model.mutable_graph()->add_input(), name, type, dims);
    onnx::add_node(model.mutable_graph(), "Identity", {name}, name + "_copy");
  }
  return inspect(model, "m.onnx");
}

constexpr int kFloat = 1;
constexpr int kLong = 7;

TEST(onnx_file, tells_inputs_outputs_and_parameters) {
  const auto summary = inspect(onnx::small_model(), "m.onnx");
  ASSERT_EQ(entry_part(summary).inputs.size(), 1u);
  EXPECT_EQ(entry_part(summary).inputs[0].name, "x");
  EXPECT_EQ(entry_part(summary).inputs[0].dtype, "float32");
  EXPECT_EQ(entry_part(summary).inputs[0].shape[0].name, "batch");
  EXPECT_THAT(roles(entry_part(summary).inputs[0]), ElementsAre("batch", "3"));
  EXPECT_EQ(entry_part(summary).outputs.at(0).name, "y");
  EXPECT_EQ(summary.parameters, 6);
  EXPECT_EQ(to_text(summary.variant), "onnx/float32");
  EXPECT_TRUE(summary.has_parent);
}

TEST(onnx_file, an_initializer_that_is_also_an_input_is_not_to_be_fed) {
  auto model = onnx::small_model();
  onnx::add_value(model.mutable_graph()->add_input(), "w", kFloat, {"3", "2"});
  EXPECT_EQ(entry_part(inspect(model, "m.onnx")).inputs.size(), 1u);
}

TEST(onnx_file, names_of_exporters_give_roles) {
  EXPECT_THAT(roles(entry_part(summary_of_inputs({{"a", kFloat, {"Seq_Len", "N", "8"}}})).inputs[0]),
              ElementsAre("sequence", "batch", "8"));
}

TEST(onnx_file, text_inputs_get_roles_by_their_place) {
  const auto summary =
      summary_of_inputs({{"ids", kLong, {"?", "?"}}, {"attention_mask", kFloat, {"1", "s27"}}});
  EXPECT_THAT(roles(entry_part(summary).inputs[0]), ElementsAre("batch", "sequence"));
  EXPECT_EQ(entry_part(summary).inputs[0].shape[0].name, "?0");
  EXPECT_EQ(entry_part(summary).inputs[0].shape[1].name, "?1");
  EXPECT_THAT(roles(entry_part(summary).inputs[1]), ElementsAre("1", "sequence"));
}

TEST(onnx_file, an_input_has_each_role_once) {
  EXPECT_THAT(roles(entry_part(summary_of_inputs({{"ids", kLong, {"seq", "?"}}})).inputs[0]),
              ElementsAre("sequence", ""));
}

TEST(onnx_file, of_a_float_array_only_the_first_dimension_is_the_batch) {
  const auto summary =
      summary_of_inputs({{"image", kFloat, {"unk__7", "3", "h", "w"}}, {"one", kFloat, {"1", "3", "h"}}});
  EXPECT_THAT(roles(entry_part(summary).inputs[0]), ElementsAre("batch", "3", "", ""));
  EXPECT_THAT(roles(entry_part(summary).inputs[1]), ElementsAre("1", "3", ""));
}

TEST(onnx_file, a_name_has_one_role_in_all_inputs) {
  const auto summary = summary_of_inputs({{"lengths", kLong, {"s0"}}, {"ids", kLong, {"s0", "s1"}}});
  EXPECT_THAT(roles(entry_part(summary).inputs[0]), ElementsAre("batch"));
}

TEST(onnx_file, values_that_look_up_a_table_are_bounded_by_its_rows) {
  auto model = onnx::small_model();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_input(), "ids", kLong, {"batch", "seq"});
  onnx::add_initializer(graph, "table", kFloat, {30, 2});
  onnx::add_initializer(graph, "small_table", kFloat, {2, 7});
  onnx::add_node(graph, "Cast", {"ids"}, "cast");
  onnx::add_node(graph, "Unsqueeze", {"cast"}, "wide");
  onnx::add_node(graph, "Gather", {"table", "wide"}, "rows");
  EXPECT_EQ(entry_part(inspect(model, "m.onnx")).inputs[1].index_bound, 30);
  onnx::add_node(graph, "Identity", {"small_table"}, "same");
  onnx::add_node(graph, "Gather", {"same", "ids"}, "columns");
  auto* axis = graph->mutable_node(graph->node_size() - 1)->add_attribute();
  axis->set_name("axis");
  axis->set_i(-1);
  EXPECT_EQ(entry_part(inspect(model, "m.onnx")).inputs[1].index_bound, 7);
  EXPECT_EQ(entry_part(inspect(model, "m.onnx")).inputs[0].index_bound, 0);
}

TEST(onnx_file, a_table_cut_to_the_length_of_the_input_bounds_it) {
  auto model = onnx::small_model();
  auto* graph = model.mutable_graph();
  onnx::add_initializer(graph, "positions", kLong, {1, 512});
  onnx::add_initializer(graph, "starts", kLong, {1});
  auto* axes = onnx::add_initializer(graph, "axes", kLong, {1});
  axes->set_raw_data(std::string("\1\0\0\0\0\0\0\0", 8));
  onnx::add_node(graph, "Shape", {"x"}, "length");
  onnx::add_node(graph, "Slice", {"positions", "starts", "length", "axes"}, "cut");
  EXPECT_EQ(inspect(model, "m.onnx").max_sequence_length, 512);
}

TEST(onnx_file, a_quantized_graph_has_no_parent_and_says_so) {
  auto model = onnx::small_model();
  onnx::add_node(model.mutable_graph(), "MatMulInteger", {"x", "w"}, "q");
  const auto summary = inspect(model, "m.onnx");
  EXPECT_EQ(to_text(summary.variant), "onnx/int8");
  EXPECT_FALSE(summary.has_parent);
  EXPECT_THAT(summary.remarks.at(0), HasSubstr("no float32 parent"));
}

TEST(onnx_file, the_precision_is_that_of_most_weights) {
  auto model = onnx::small_model();
  onnx::add_initializer(model.mutable_graph(), "half", 10, {100});
  EXPECT_EQ(to_text(inspect(model, "m.onnx").variant), "onnx/float16");
}

TEST(onnx_file, inputs_that_cannot_be_fed_are_refused) {
  auto model = onnx::small_model();
  auto* input = model.mutable_graph()->mutable_input(0);
  input->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(1)->set_dim_value(0);
  EXPECT_THAT(message_of([&] { inspect(model, "m.onnx"); }), HasSubstr("dimension 1 of input 'x' is 0"));
  input->mutable_type()->mutable_tensor_type()->clear_shape();
  EXPECT_THAT(message_of([&] { inspect(model, "m.onnx"); }), HasSubstr("input 'x' has no shape"));
  input->clear_type();
  EXPECT_THAT(message_of([&] { inspect(model, "m.onnx"); }), HasSubstr("is no tensor of a known type"));
}

TEST(onnx_file, a_real_text_model_is_reported_completely) {
  const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
  const auto file = fs::path(source == nullptr ? "." : source) / "../shared/data/text/tiny_sst2/model.onnx";
  if (!fs::exists(file)) GTEST_SKIP() << "needs the shared test files: " << file;
  const auto summary = inspect(onnx::read_onnx(file).proto, file);
  ASSERT_EQ(entry_part(summary).inputs.size(), 2u);
  EXPECT_EQ(entry_part(summary).inputs[0].index_bound, 30522);
  EXPECT_THAT(roles(entry_part(summary).inputs[1]), ElementsAre("batch", "sequence"));
  EXPECT_EQ(summary.max_sequence_length, 64);
  EXPECT_NEAR(static_cast<double>(summary.parameters), 929666, 100);
}

}  // namespace
}  // namespace inferometer::builder
