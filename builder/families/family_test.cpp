#include "builder/families/family.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/files.h"
#include "base/json.h"
#include "base/test_fixture.h"
#include "builder/inspect/onnx_file.h"
#include "onnx/reader.h"
#include "onnx/types.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

using base::message_of;
using ::testing::HasSubstr;

// A family as docs/adding-a-family.md says: a row, and a function that builds its graph.
std::string same_name(const std::string& stored_name) { return stored_name; }

/// logits[batch, labels] = pixel_values[batch, size] * weight[labels, size] transposed.
onnx::BuiltModel build_linear(const CheckpointConfig& config, const Weights& weights,
                              std::vector<std::string>&) {
  const auto size = config.count("size", 8, 1000);
  const auto labels = config.count("num_labels", 2, 1000);
  weights.require("classifier.weight", {labels, size});
  onnx::GraphBuilder graph("linear", 17);
  const auto x = graph.input("pixel_values", onnx::kFloat32, {{0, "batch"}, {size, ""}});
  graph.node("MatMul", "logits", {x, graph.weight("classifier.weight", {labels, size}, true)});
  graph.output("logits", onnx::kFloat32, {{0, "batch"}, {labels, ""}});
  return graph.finish();
}

constexpr std::array kKnown = {
    Family{"linear", "linear-onnx 1", "image-classifier", same_name, build_linear}};

class family : public ::testing::Test {
 protected:
  void write(const std::string& config) const {
    base::write_file_atomically(folder_.path() / "config.json", config);
    std::vector<tensors::Tensor> weights;
    weights.emplace_back("classifier.weight", tensors::DType::Float32, tensors::Shape{2, 4});
    tensors::write_safetensors(folder_.path() / "model.safetensors", weights);
  }

  base::ScratchFolder folder_{"family-test"};
};

TEST_F(family, a_new_row_and_its_function_are_all_that_a_checkpoint_needs) {
  write(
      R"({"model_type":"linear","architectures":["LinearForImageClassification"],"size":4,"num_labels":2})");
  const auto checkpoint = open_checkpoint(folder_.path(), kKnown);
  EXPECT_STREQ(checkpoint.family->model_type, "linear");
  EXPECT_EQ(checkpoint.task, "image-classification");
  onnx::write_model(checkpoint.built, folder_.path(),
                    [&](const std::string& name) { return checkpoint.weights.read_float32(name); });
  const auto file = folder_.path() / "model.onnx";
  const auto info = inspect(onnx::read_onnx(file).proto, file);
  EXPECT_EQ(info.parameters, 8);
  EXPECT_EQ(entry_part(info).inputs.at(0).meaning, results::Meaning::Pixels);
  EXPECT_EQ(entry_part(info).outputs.at(0).meaning, results::Meaning::ClassScores);
}

TEST_F(family, that_is_not_known_is_refused_with_those_that_are) {
  write(R"({"model_type":"linear"})");
  EXPECT_THAT(
      message_of([&] { open_checkpoint(folder_.path()); }),
      HasSubstr("'model_type' is \"linear\" (checkpoints of these are built: bert, distilbert, roberta"));
}

TEST_F(family, the_task_is_reported_by_the_architecture) {
  const auto task = [](const std::string& json) {
    return task_of(CheckpointConfig("config.json", base::parse_json(json, "config.json")));
  };
  EXPECT_EQ(task(R"({"architectures":["BertForSequenceClassification"]})"), "text-classification");
  EXPECT_EQ(task(R"({"architectures":["RobertaForTokenClassification"]})"), "token-classification");
  EXPECT_EQ(task(R"({"architectures":["BertModel"]})"), "feature-extraction");
  EXPECT_EQ(task("{}"), "feature-extraction");
}

}  // namespace
}  // namespace inferometer::builder
