#include "quantize/bounds.h"

#include <gtest/gtest.h>

#include "quantize/block_fixture.h"

namespace inferometer::quantize {
namespace {

/// x and the numbers that GELUs are written with.
onnx::ModelProto numbers() {
  auto model = empty_model();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_input(), "x", 1, {"?"});
  for (const auto& [name, value] : {std::pair{"one", 1.0f},
                                    {"half", 0.5f},
                                    {"two", 2.0f},
                                    {"three", 3.0f},
                                    {"root", std::sqrt(2.0f)},
                                    {"inverse_root", std::sqrt(0.5f)},
                                    {"cubic", 0.044715f},
                                    {"slope", 0.7978846f}})
    add_floats(graph, name, {}, {value});
  return model;
}

std::optional<float> depth(const onnx::ModelProto& model) {
  const onnx::GraphIndex index(model.graph());
  return depth_below_zero("y", index, {model, "x.onnx"});
}

void add(onnx::ModelProto& model, const std::string& op, const std::vector<std::string>& inputs,
         const std::string& output) {
  onnx::add_node(model.mutable_graph(), op, inputs, output);
}

/// erf form; `divisor` and `factor` as exporters write them, or not.
onnx::ModelProto erf_gelu(const std::string& op, const std::string& number, const std::string& factor) {
  auto model = numbers();
  add(model, op, {"x", number}, "scaled");
  add(model, "Erf", {"scaled"}, "erf");
  add(model, "Add", {"erf", "one"}, "gate");
  add(model, "Mul", {"x", factor}, "part");
  add(model, "Mul", {"part", "gate"}, "y");
  return model;
}

TEST(bounds, of_operators_that_say_it) {
  for (const auto& [op, expected] :
       {std::pair{"Relu", 0.0f}, {"Sigmoid", 0.0f}, {"Gelu", 0.17f}, {"FastGelu", 0.17f}}) {
    auto model = numbers();
    add(model, op, {"x"}, "y");
    EXPECT_EQ(depth(model), expected) << op;
  }
}

TEST(bounds, of_gelus_by_erf) {
  EXPECT_EQ(depth(erf_gelu("Div", "root", "half")), 0.17f);
  EXPECT_EQ(depth(erf_gelu("Mul", "inverse_root", "half")), 0.17f);
  EXPECT_EQ(depth(block()), std::nullopt) << "a sum";
}

TEST(bounds, of_a_gelu_by_tanh) {
  auto model = numbers();
  add(model, "Pow", {"x", "three"}, "cube");
  add(model, "Mul", {"cube", "cubic"}, "small");
  add(model, "Add", {"x", "small"}, "sum");
  add(model, "Mul", {"sum", "slope"}, "scaled");
  add(model, "Tanh", {"scaled"}, "tanh");
  add(model, "Add", {"tanh", "one"}, "gate");
  add(model, "Mul", {"x", "half"}, "halved");
  add(model, "Mul", {"halved", "gate"}, "y");
  EXPECT_EQ(depth(model), 0.17f);
}

TEST(bounds, not_of_what_only_looks_like_a_gelu) {
  EXPECT_EQ(depth(erf_gelu("Div", "root", "two")), std::nullopt) << "four times as deep";
  EXPECT_EQ(depth(erf_gelu("Div", "half", "half")), std::nullopt) << "another slope";
  auto model = erf_gelu("Div", "root", "half");
  onnx::add_value(model.mutable_graph()->add_input(), "z", 1, {"?"});
  for (auto& node : *model.mutable_graph()->mutable_node())
    if (node.output(0) == "part") node.set_input(0, "z");
  EXPECT_EQ(depth(model), std::nullopt) << "the gate of another value";
  auto silu = numbers();
  add(silu, "Sigmoid", {"x"}, "gate");
  add(silu, "Mul", {"x", "gate"}, "y");
  EXPECT_EQ(depth(silu), std::nullopt) << "SiLU goes down to -0.28";
}

}  // namespace
}  // namespace inferometer::quantize
