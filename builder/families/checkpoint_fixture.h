// A small random BERT checkpoint for tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {

/// The name that DistilBERT gives to a weight of BERT.
inline std::string distilbert_name(std::string name) {
  const std::pair<const char*, const char*> parts[] = {{"encoder.layer.", "transformer.layer."},
                                                       {"attention.self.query", "attention.q_lin"},
                                                       {"attention.self.key", "attention.k_lin"},
                                                       {"attention.self.value", "attention.v_lin"},
                                                       {"attention.output.dense", "attention.out_lin"},
                                                       {"attention.output.LayerNorm", "sa_layer_norm"},
                                                       {"intermediate.dense", "ffn.lin1"},
                                                       {"output.LayerNorm", "output_layer_norm"},
                                                       {"output.dense", "ffn.lin2"}};
  for (const auto& [from, to] : parts) {
    if (const auto at = name.find(from); at != std::string::npos)
      name.replace(at, std::char_traits<char>::length(from), to);
  }
  return name;
}

/// 2 layers, hidden 32, 4 heads, intermediate 64, 50 words, 16 positions, 2 token types.
class TinyBert {
 public:
  base::Json config = {{"model_type", "bert"},   {"architectures", {"BertModel"}}, {"hidden_size", 32},
                       {"num_hidden_layers", 2}, {"num_attention_heads", 4},       {"intermediate_size", 64},
                       {"vocab_size", 50},       {"max_position_embeddings", 16},  {"type_vocab_size", 2},
                       {"hidden_act", "gelu"},   {"layer_norm_eps", 1e-12}};
  std::map<std::string, tensors::Tensor> weights;

  TinyBert() {
    add("embeddings.word_embeddings.weight", {50, 32});
    add("embeddings.position_embeddings.weight", {16, 32});
    add("embeddings.token_type_embeddings.weight", {2, 32});
    add_pair("embeddings.LayerNorm", {32});
    for (const std::string layer : {"encoder.layer.0.", "encoder.layer.1."}) {
      for (const std::string part : {"query", "key", "value"})
        add_pair(layer + "attention.self." + part, {32, 32});
      add_pair(layer + "attention.output.dense", {32, 32});
      add_pair(layer + "attention.output.LayerNorm", {32});
      add_pair(layer + "intermediate.dense", {64, 32});
      add_pair(layer + "output.dense", {32, 64});
      add_pair(layer + "output.LayerNorm", {32});
    }
    add_pair("pooler.dense", {32, 32});
  }

  void add(const std::string& name, const tensors::Shape& shape) {
    tensors::Tensor tensor(name, tensors::DType::Float32, shape);
    for (auto& value : tensor.values<float>()) value = static_cast<float>(random_.normal());
    weights[name] = std::move(tensor);
  }
  /// A weight and its bias, which is as long as the first dimension.
  void add_pair(const std::string& name, const tensors::Shape& shape) {
    add(name + ".weight", shape);
    add(name + ".bias", {shape[0]});
  }
  /// The same elements under another name.
  void rename(const std::string& from, const std::string& to) {
    const auto old = std::move(weights.at(from));
    weights.erase(from);
    tensors::Tensor tensor(to, old.type(), old.shape());
    std::copy(old.bytes().begin(), old.bytes().end(), tensor.bytes().begin());
    weights[to] = std::move(tensor);
  }

  /// Weights as small as trained ones: attention is no longer all or nothing, and rounding stays rounding.
  void shrink() {
    for (auto& [name, tensor] : weights) {
      for (auto& value : tensor.values<float>()) value *= 0.1F;
    }
  }

  void write_config(const std::filesystem::path& folder) const {
    std::ofstream(folder / "config.json") << config.dump();
  }
  /// config.json and model.safetensors.
  void write(const std::filesystem::path& folder) const {
    write_config(folder);
    write_weights(folder / "model.safetensors", [](const std::string&) { return true; });
  }
  template <typename Chosen>
  void write_weights(const std::filesystem::path& file, Chosen chosen) const {
    std::vector<tensors::Tensor> list;
    for (const auto& [name, tensor] : weights) {
      if (chosen(name)) list.push_back(tensor.clone());
    }
    tensors::write_safetensors(file, list);
  }

 private:
  base::Random random_{1, "tiny bert"};
};

inline TinyBert tiny_distilbert() {
  TinyBert tiny;
  tiny.config = {{"model_type", "distilbert"},
                 {"architectures", {"DistilBertModel"}},
                 {"dim", 32},
                 {"n_layers", 2},
                 {"n_heads", 4},
                 {"hidden_dim", 64},
                 {"vocab_size", 50},
                 {"max_position_embeddings", 16},
                 {"activation", "gelu"}};
  std::erase_if(tiny.weights, [](const auto& entry) {
    return entry.first.starts_with("pooler") || entry.first.find("token_type") != std::string::npos;
  });
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tiny.weights) names.push_back(name);
  for (const auto& name : names) tiny.rename(name, "distilbert." + distilbert_name(name));
  return tiny;
}

inline TinyBert tiny_roberta() {
  TinyBert tiny;
  tiny.config["model_type"] = "roberta";
  tiny.config["architectures"] = {"RobertaModel"};
  tiny.config["type_vocab_size"] = 1;
  tiny.config["pad_token_id"] = 1;
  tiny.add("embeddings.token_type_embeddings.weight", {1, 32});
  return tiny;
}

}  // namespace inferometer::builder
