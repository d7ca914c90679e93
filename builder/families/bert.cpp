#include "builder/families/bert.h"

#include <array>

#include "builder/families/text_encoder.h"

namespace inferometer::builder {
namespace {

constexpr EncoderNames kBertNames = {.layers = "encoder.layer.",
                                     .query = "attention.self.query",
                                     .key = "attention.self.key",
                                     .value = "attention.self.value",
                                     .attention_output = "attention.output.dense",
                                     .attention_norm = "attention.output.LayerNorm",
                                     .wide = "intermediate.dense",
                                     .narrow = "output.dense",
                                     .norm = "output.LayerNorm"};
constexpr EncoderNames kDistilBertNames = {.layers = "transformer.layer.",
                                           .query = "attention.q_lin",
                                           .key = "attention.k_lin",
                                           .value = "attention.v_lin",
                                           .attention_output = "attention.out_lin",
                                           .attention_norm = "sa_layer_norm",
                                           .wide = "ffn.lin1",
                                           .narrow = "ffn.lin2",
                                           .norm = "output_layer_norm"};

constexpr SequenceHead kBertHead = {"pooler.dense", "Tanh", "classifier"};
constexpr SequenceHead kDistilBertHead = {"pre_classifier", "Relu", "classifier"};
constexpr SequenceHead kRobertaHead = {"classifier.dense", "Tanh", "classifier.out_proj"};

constexpr std::array kBertArchitectures = {
    Architecture{"BertModel", Head::Features, false},
    Architecture{"BertForSequenceClassification", Head::SequenceLabels, false},
    Architecture{"BertForTokenClassification", Head::TokenLabels, false},
    Architecture{"BertForMaskedLM", Head::Features, true},
    Architecture{"BertForPreTraining", Head::Features, true},
};
constexpr std::array kDistilBertArchitectures = {
    Architecture{"DistilBertModel", Head::Features, false},
    Architecture{"DistilBertForSequenceClassification", Head::SequenceLabels, false},
    Architecture{"DistilBertForTokenClassification", Head::TokenLabels, false},
    Architecture{"DistilBertForMaskedLM", Head::Features, true},
};
constexpr std::array kRobertaArchitectures = {
    Architecture{"RobertaModel", Head::Features, false},
    Architecture{"RobertaForSequenceClassification", Head::SequenceLabels, false},
    Architecture{"RobertaForTokenClassification", Head::TokenLabels, false},
    Architecture{"RobertaForMaskedLM", Head::Features, true},
};

constexpr std::int64_t kMostWords = 100'000'000;
constexpr std::int64_t kMostPositions = 10'000'000;

/// BERT and RoBERTa share their keys. The defaults are those of BertConfig and RobertaConfig; transformers
/// leaves them out of some files.
EncoderSettings read_bert_keys(const CheckpointConfig& config) {
  if (config.text("position_embedding_type", "absolute") != "absolute") {
    config.refuse("position_embedding_type", "supported: absolute");
  }
  for (const auto* key : {"is_decoder", "add_cross_attention"}) {
    if (config.flag(key)) config.refuse(key, "only encoders are built: false is supported");
  }
  EncoderSettings settings{.names = kBertNames, .sequence_head = kBertHead};
  settings.hidden = config.count("hidden_size", 768, 1'000'000);
  settings.layers = config.count("num_hidden_layers", 12, 10'000);
  settings.heads = config.count("num_attention_heads", 12, 100'000);
  settings.intermediate = config.count("intermediate_size", 3072, 10'000'000);
  settings.positions = config.count("max_position_embeddings", 512, kMostPositions);
  settings.token_types = config.count("type_vocab_size", 2, 1'000'000);
  settings.labels = read_labels(config);
  settings.norm_epsilon = static_cast<float>(config.number("layer_norm_eps", 1e-12));
  settings.activation = read_activation(config, "hidden_act");
  return settings;
}

}  // namespace

std::string canonical_bert_name(const std::string& stored_name) {
  return without_wrapper(stored_name, "bert.");
}
std::string canonical_distilbert_name(const std::string& stored_name) {
  return without_wrapper(stored_name, "distilbert.");
}
std::string canonical_roberta_name(const std::string& stored_name) {
  return without_wrapper(stored_name, "roberta.");
}

onnx::BuiltModel build_bert(const CheckpointConfig& config, const Weights& weights,
                            std::vector<std::string>& remarks) {
  auto settings = read_bert_keys(config);
  settings.vocabulary = config.count("vocab_size", 30522, kMostWords);
  settings.head = read_head(config, kBertArchitectures, remarks);
  return build_encoder(settings, config, weights, remarks);
}

onnx::BuiltModel build_distilbert(const CheckpointConfig& config, const Weights& weights,
                                  std::vector<std::string>& remarks) {
  EncoderSettings settings{.names = kDistilBertNames, .sequence_head = kDistilBertHead};
  settings.hidden = config.count("dim", 768, 1'000'000);
  settings.layers = config.count("n_layers", 6, 10'000);
  settings.heads = config.count("n_heads", 12, 100'000);
  settings.intermediate = config.count("hidden_dim", 3072, 10'000'000);
  settings.vocabulary = config.count("vocab_size", 30522, kMostWords);
  settings.positions = config.count("max_position_embeddings", 512, kMostPositions);
  settings.labels = read_labels(config);
  settings.norm_epsilon = 1e-12F;  // no setting of DistilBertConfig
  settings.activation = read_activation(config, "activation");
  settings.head = read_head(config, kDistilBertArchitectures, remarks);
  return build_encoder(settings, config, weights, remarks);
}

onnx::BuiltModel build_roberta(const CheckpointConfig& config, const Weights& weights,
                               std::vector<std::string>& remarks) {
  auto settings = read_bert_keys(config);
  settings.sequence_head = kRobertaHead;
  settings.vocabulary = config.count("vocab_size", 50265, kMostWords);
  settings.token_types_are_input = false;
  settings.padding_id = config.index("pad_token_id", 1, settings.vocabulary - 1);
  if (settings.positions < settings.padding_id + 2) {
    config.refuse("max_position_embeddings",
                  "more than pad_token_id + 1 is needed, because positions count from there");
  }
  settings.head = read_head(config, kRobertaArchitectures, remarks);
  return build_encoder(settings, config, weights, remarks);
}

}  // namespace inferometer::builder
