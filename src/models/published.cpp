#include "models/published.h"

#include "base/error.h"
#include "base/text.h"
#include "models/applications.h"

namespace inferometer::models {
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

}  // namespace inferometer::models
