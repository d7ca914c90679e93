#include "models/published.h"

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "models/applications.h"
#include "models/model_class.h"

namespace inferometer::models {
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
tensors::Shape source_shape(const BuiltModel& built, const std::string& name) {
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

const std::vector<Published>& published_models() {
  static const std::vector<Published> models = {
      {"bert-base-uncased", "google-bert/bert-base-uncased",
       R"({"model_type":"bert","architectures":["BertModel"],"hidden_size":768,"num_hidden_layers":12,
           "num_attention_heads":12,"intermediate_size":3072,"vocab_size":30522,"max_position_embeddings":512,
           "type_vocab_size":2,"hidden_act":"gelu","layer_norm_eps":1e-12})",
       true},
      {"distilbert-base-uncased", "distilbert/distilbert-base-uncased",
       R"({"model_type":"distilbert","architectures":["DistilBertModel"],"dim":768,"n_layers":6,"n_heads":12,
           "hidden_dim":3072,"vocab_size":30522,"max_position_embeddings":512,"activation":"gelu"})",
       false},
      {"roberta-base", "FacebookAI/roberta-base",
       R"({"model_type":"roberta","architectures":["RobertaModel"],"hidden_size":768,"num_hidden_layers":12,
           "num_attention_heads":12,"intermediate_size":3072,"vocab_size":50265,"max_position_embeddings":514,
           "type_vocab_size":1,"hidden_act":"gelu","layer_norm_eps":1e-5,"pad_token_id":1})",
       true},
  };
  return models;
}

const Published* find_published(const std::string& name) {
  for (const auto& model : published_models()) {
    if (name == model.name || name == model.hub_id) return &model;
  }
  return nullptr;
}

const Published& published(const std::string& name) {
  if (const auto* model = find_published(name)) return *model;
  std::vector<std::string> known;
  for (const auto& model : published_models()) known.emplace_back(model.name);
  for (const auto& application : applications()) known.emplace_back(application.name);
  throw base::UserError("--synthetic-weights: " + base::unknown_word("published architecture", name, known));
}

SyntheticModel open_synthetic(const std::string& name) {
  const auto& model = published(name);
  const CheckpointConfig config(name, base::parse_json(model.config, name));
  const auto& model_class = class_of(config);
  std::vector<std::string> remarks;
  SyntheticModel synthetic;
  synthetic.built = model_class.build(config, AnyWeights(model.has_pooler), remarks);
  synthetic.recipe = std::string(model_class.recipe) + ", synthetic weights 1 of " + model.name;
  return synthetic;
}

tensors::Tensor synthetic_weight(const BuiltModel& built, const std::string& name) {
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

}  // namespace inferometer::models
