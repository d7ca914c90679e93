#include "builder/families/synthetic.h"

#include <gtest/gtest.h>

#include <cmath>

#include "builder/inspect/onnx_file.h"
#include "models/published.h"

namespace inferometer::builder {
namespace {

TEST(synthetic, architectures_have_the_published_number_of_parameters) {
  // As the model cards say and transformers counts them for the bare models.
  const std::map<std::string, std::int64_t> parameters = {{"bert-base-uncased", 109'482'240},
                                                          {"distilbert-base-uncased", 66'362'880},
                                                          {"roberta-base", 124'645'632}};
  ASSERT_EQ(models::published_models().size(), parameters.size());
  for (const auto& model : models::published_models()) {
    const auto summary = inspect(open_synthetic(model.name).built.proto, model.name);
    EXPECT_EQ(summary.parameters, parameters.at(model.name)) << model.name;
    EXPECT_EQ(summary.max_sequence_length, 512) << model.name;
  }
}

TEST(synthetic, weights_are_as_before_training_and_the_same_again) {
  const auto synthetic = open_synthetic("distilbert-base-uncased");
  const auto matrix = synthetic_weight(synthetic.built, "transformer.layer.0.ffn.lin1.weight");
  EXPECT_EQ(matrix.shape(), (tensors::Shape{3072, 768})) << "as at its source, not transposed";
  double squares = 0;
  for (const float value : matrix.values<float>()) squares += static_cast<double>(value) * value;
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(matrix.elements())), 0.02, 1e-4);
  const auto again = synthetic_weight(synthetic.built, "transformer.layer.0.ffn.lin1.weight");
  EXPECT_TRUE(std::equal(again.bytes().begin(), again.bytes().end(), matrix.bytes().begin()));
  const auto other = synthetic_weight(synthetic.built, "transformer.layer.1.ffn.lin1.weight");
  EXPECT_FALSE(std::equal(other.bytes().begin(), other.bytes().end(), matrix.bytes().begin()));
  EXPECT_EQ(synthetic_weight(synthetic.built, "transformer.layer.0.sa_layer_norm.weight").values<float>()[5],
            1);
  EXPECT_EQ(synthetic_weight(synthetic.built, "transformer.layer.0.ffn.lin1.bias").values<float>()[5], 0);
}

}  // namespace
}  // namespace inferometer::builder
