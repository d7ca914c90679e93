#include "builder/families/synthetic.h"

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/random.h"
#include "models/published.h"

namespace inferometer::builder {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr double kDeviation = 0.02;

/// Everything that is asked for is there, in the shape that is asked for.
class AnyWeights final : public Weights {
 public:
  explicit AnyWeights(bool has_pooler) : has_pooler_(has_pooler) {}
  bool has(const std::string& name) const override { return has_pooler_ && name == "pooler.dense.weight"; }
  void require(const std::string&, const tensors::Shape&) const override {}

 private:
  bool has_pooler_;
};

/// Of the tensor at its source: rows and columns of a transposed weight are exchanged back.
tensors::Shape source_shape(const onnx::BuiltModel& built, const std::string& name) {
  const auto& initializers = built.proto.graph().initializer();
  const auto initializer = std::find_if(initializers.begin(), initializers.end(),
                                        [&](const auto& tensor) { return tensor.name() == name; });
  const auto weight = std::find_if(built.weights.begin(), built.weights.end(),
                                   [&](const auto& pending) { return pending.name == name; });
  INFEROMETER_CHECK(initializer != initializers.end() && weight != built.weights.end(), name);
  tensors::Shape shape(initializer->dims().begin(), initializer->dims().end());
  if (weight->transposed) std::swap(shape.at(0), shape.at(1));
  return shape;
}

bool is_scale_of_norm(const std::string& name) {
  return name.ends_with("LayerNorm.weight") || name.ends_with("layer_norm.weight");
}

}  // namespace

SyntheticModel open_synthetic(const std::string& name) {
  const auto& model = models::published(name);
  const CheckpointConfig config(name, base::parse_json(model.config, name));
  const auto& family = family_of(config);
  std::vector<std::string> remarks;
  return {family.build(config, AnyWeights(model.has_pooler), remarks), &family, task_of(config),
          std::string(family.recipe) + ", synthetic weights 1 of " + model.name};
}

tensors::Tensor synthetic_weight(const onnx::BuiltModel& built, const std::string& name) {
  tensors::Tensor tensor(name, tensors::DType::Float32, source_shape(built, name));
  const auto values = tensor.values<float>();
  if (is_scale_of_norm(name)) {
    std::fill(values.begin(), values.end(), 1.0F);
  } else if (!name.ends_with(".bias")) {
    base::Random random(kSeed, "synthetic weight " + name);
    for (auto& value : values) value = static_cast<float>(kDeviation * random.normal());
  }
  return tensor;
}

}  // namespace inferometer::builder
