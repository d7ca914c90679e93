#include "models/bert.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string_view>

#include "base/text.h"
#include "models/onnx_types.h"

namespace inferometer::models {
namespace {

// From 17 on LayerNormalization is one operator. Compared on MiniLM-L6 with a form of opset 12, which makes
// ONNX Runtime 1.32 fuse attention: no faster there or in OpenVINO 2026.4. Shapes of inner values are left
// out on purpose: given them, ONNX Runtime fuses SkipLayerNormalization and took 6 to 20 % more CPU time.
constexpr std::int64_t kOpset = 17;

enum class Head { Features, SequenceLabels, TokenLabels };
enum class Activation { GeluErf, GeluTanh, Relu };

struct Settings {
  std::int64_t hidden = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t intermediate = 0;
  std::int64_t vocabulary = 0;
  std::int64_t positions = 0;
  std::int64_t token_types = 0;
  std::int64_t labels = 0;
  float norm_epsilon = 0;
  Activation activation = Activation::GeluErf;
  Head head = Head::Features;
};

struct NamedActivation {
  const char* name;
  Activation activation;
};
constexpr std::array kActivations = {
    NamedActivation{"gelu", Activation::GeluErf},
    NamedActivation{"gelu_python", Activation::GeluErf},
    NamedActivation{"gelu_new", Activation::GeluTanh},
    NamedActivation{"gelu_pytorch_tanh", Activation::GeluTanh},
    NamedActivation{"relu", Activation::Relu},
};

struct Architecture {
  const char* name;
  Head head;
  bool drops_its_head;  ///< the checkpoint has a head that we do not build; its encoder is whole
};
constexpr std::array kArchitectures = {
    Architecture{"BertModel", Head::Features, false},
    Architecture{"BertForSequenceClassification", Head::SequenceLabels, false},
    Architecture{"BertForTokenClassification", Head::TokenLabels, false},
    Architecture{"BertForMaskedLM", Head::Features, true},
    Architecture{"BertForPreTraining", Head::Features, true},
};

std::string names_of(const auto& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return base::join(names, ", ");
}

Activation read_activation(const CheckpointConfig& config) {
  const auto name = config.text("hidden_act", "gelu");
  for (const auto& row : kActivations) {
    if (name == row.name) return row.activation;
  }
  config.refuse("hidden_act", "supported: " + names_of(kActivations));
}

Head read_head(const CheckpointConfig& config, std::vector<std::string>& remarks) {
  const auto architectures = config.texts("architectures");
  if (architectures.empty()) return Head::Features;
  for (const auto& row : kArchitectures) {
    if (architectures.size() != 1 || architectures[0] != row.name) continue;
    if (row.drops_its_head) {
      remarks.push_back(std::string(row.name) +
                        ": the encoder is measured, the language-model head is left out");
    }
    return row.head;
  }
  config.refuse("architectures", "one of these is supported: " + names_of(kArchitectures));
}

Settings read_settings(const CheckpointConfig& config, std::vector<std::string>& remarks) {
  if (config.text("position_embedding_type", "absolute") != "absolute") {
    config.refuse("position_embedding_type", "supported: absolute");
  }
  for (const auto* key : {"is_decoder", "add_cross_attention"}) {
    if (config.flag(key)) config.refuse(key, "only encoders are built: false is supported");
  }
  // The defaults are those of BertConfig; transformers leaves them out of some files.
  Settings settings;
  settings.hidden = config.count("hidden_size", 768, 1'000'000);
  settings.layers = config.count("num_hidden_layers", 12, 10'000);
  settings.heads = config.count("num_attention_heads", 12, 100'000);
  settings.intermediate = config.count("intermediate_size", 3072, 10'000'000);
  settings.vocabulary = config.count("vocab_size", 30522, 100'000'000);
  settings.positions = config.count("max_position_embeddings", 512, 10'000'000);
  settings.token_types = config.count("type_vocab_size", 2, 1'000'000);
  settings.labels =
      config.has("id2label") ? config.entries("id2label") : config.count("num_labels", 2, 10'000'000);
  settings.norm_epsilon = static_cast<float>(config.number("layer_norm_eps", 1e-12));
  settings.activation = read_activation(config);
  settings.head = read_head(config, remarks);
  if (settings.hidden % settings.heads != 0) {
    config.refuse("num_attention_heads",
                  "a divisor of hidden_size, " + std::to_string(settings.hidden) + ", is allowed");
  }
  return settings;
}

/// The graph in the node patterns of the Hugging Face exporter, which the fusions of engines were written
/// for.
class BertBuilder {
 public:
  BertBuilder(const Settings& settings, const CheckpointWeights& weights)
      : settings_(settings), weights_(weights), graph_("bert", kOpset) {}

  BuiltModel run() {
    const GraphBuilder::Dims text = {{0, "batch"}, {0, "sequence"}};
    for (const auto* name : {"input_ids", "attention_mask", "token_type_ids"})
      graph_.input(name, kInt64, text);
    add_constants();
    std::string hidden = embeddings();
    const std::string mask = additive_mask();
    for (std::int64_t layer = 0; layer < settings_.layers; ++layer) {
      const bool is_output = layer + 1 == settings_.layers && settings_.head == Head::Features;
      hidden = encoder_layer("encoder.layer." + std::to_string(layer) + ".", hidden, mask,
                             is_output ? "last_hidden_state" : "");
    }
    add_outputs(hidden);
    return graph_.finish();
  }

 private:
  std::string weight(const std::string& name, const tensors::Shape& shape, bool transposed = false) {
    weights_.require(name, shape);
    return graph_.weight(name, shape, transposed);
  }

  void add_constants() {
    const std::int64_t head_size = settings_.hidden / settings_.heads;
    graph_.number("one", 1);
    graph_.number("half", 0.5f);
    // What PyTorch adds to the scores of padding: the lowest float32.
    graph_.number("masked_score", std::numeric_limits<float>::lowest());
    graph_.number("score_divisor", static_cast<float>(std::sqrt(static_cast<double>(head_size))));
    graph_.integers("one_index", {1}, {});
    graph_.integers("zeros", {0}, {1});
    graph_.integers("ones", {1}, {1});
    graph_.integers("twos", {2}, {1});
    graph_.integers("split_heads", {0, 0, settings_.heads, head_size}, {4});
    graph_.integers("join_heads", {0, 0, settings_.hidden}, {3});
    if (settings_.activation == Activation::GeluErf) {
      graph_.number("sqrt_2", std::numbers::sqrt2_v<float>);
    } else if (settings_.activation == Activation::GeluTanh) {
      graph_.number("three", 3);
      graph_.number("gelu_cubic", 0.044715f);
      graph_.number("sqrt_2_over_pi", static_cast<float>(std::sqrt(2 / std::numbers::pi)));
    }
  }

  std::string embeddings() {
    const std::string at = "embeddings.";
    const auto words = weight(at + "word_embeddings.weight", {settings_.vocabulary, settings_.hidden});
    const auto types = weight(at + "token_type_embeddings.weight", {settings_.token_types, settings_.hidden});
    const auto places = weight(at + "position_embeddings.weight", {settings_.positions, settings_.hidden});
    std::vector<std::int64_t> all_places(static_cast<std::size_t>(settings_.positions));
    std::iota(all_places.begin(), all_places.end(), std::int64_t{0});
    const auto place_ids = graph_.integers(at + "position_ids", all_places, {1, settings_.positions});

    const auto shape = graph_.node("Shape", at + "shape", {"input_ids"});
    const auto length =
        graph_.node("Gather", at + "length", {shape, "one_index"}, {{"axis", std::int64_t{0}}});
    const auto end = graph_.node("Unsqueeze", at + "end", {length, "zeros"});
    const auto used = graph_.node("Slice", at + "used_positions", {place_ids, "zeros", end, "ones", "ones"});
    const auto word = graph_.node("Gather", at + "words", {words, "input_ids"});
    const auto type = graph_.node("Gather", at + "types", {types, "token_type_ids"});
    const auto typed = graph_.node("Add", at + "words_and_types", {word, type});
    const auto place = graph_.node("Gather", at + "positions", {places, used});
    const auto sum = graph_.node("Add", at + "sum", {typed, place});
    return norm(at + "LayerNorm", sum, "");
  }

  std::string additive_mask() {
    const auto wide = graph_.node("Unsqueeze", "mask.wide", {"attention_mask", "ones"});
    const auto wider = graph_.node("Unsqueeze", "mask.wider", {wide, "twos"});
    const auto kept = graph_.node("Cast", "mask.kept", {wider}, {{"to", std::int64_t{kFloat32}}});
    const auto masked = graph_.node("Sub", "mask.masked", {"one", kept});
    return graph_.node("Mul", "mask.scores", {masked, "masked_score"});
  }

  /// `output` names the value where it must have a certain name; empty: named after `name`.
  std::string norm(const std::string& name, const std::string& value, const std::string& output) {
    const auto scale = weight(name + ".weight", {settings_.hidden});
    const auto bias = weight(name + ".bias", {settings_.hidden});
    return graph_.node("LayerNormalization", output.empty() ? name : output, {value, scale, bias},
                       {{"axis", std::int64_t{-1}}, {"epsilon", settings_.norm_epsilon}});
  }

  std::string linear(const std::string& name, const std::string& value, std::int64_t from, std::int64_t to) {
    const auto matrix = weight(name + ".weight", {to, from}, true);
    const auto bias = weight(name + ".bias", {to});
    const auto product = graph_.node("MatMul", name + ".product", {value, matrix});
    return graph_.node("Add", name, {product, bias});
  }

  std::string attention(const std::string& at, const std::string& hidden, const std::string& mask) {
    const auto heads_of = [&](const std::string& part, const std::vector<std::int64_t>& order) {
      const auto projected = linear(at + "self." + part, hidden, settings_.hidden, settings_.hidden);
      const auto split = graph_.node("Reshape", at + "self." + part + ".heads", {projected, "split_heads"});
      return graph_.node("Transpose", at + "self." + part + ".by_head", {split}, {{"perm", order}});
    };
    const auto query = heads_of("query", {0, 2, 1, 3});
    const auto key = heads_of("key", {0, 2, 3, 1});
    const auto value = heads_of("value", {0, 2, 1, 3});
    const auto product = graph_.node("MatMul", at + "self.product", {query, key});
    const auto scaled = graph_.node("Div", at + "self.scores", {product, "score_divisor"});
    const auto masked = graph_.node("Add", at + "self.masked_scores", {scaled, mask});
    const auto shares = graph_.node("Softmax", at + "self.shares", {masked}, {{"axis", std::int64_t{-1}}});
    const auto context = graph_.node("MatMul", at + "self.context", {shares, value});
    const auto by_token = graph_.node("Transpose", at + "self.by_token", {context},
                                      {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
    return graph_.node("Reshape", at + "self.joined", {by_token, "join_heads"});
  }

  std::string encoder_layer(const std::string& at, const std::string& hidden, const std::string& mask,
                            const std::string& output) {
    const auto context = attention(at + "attention.", hidden, mask);
    const auto attended = linear(at + "attention.output.dense", context, settings_.hidden, settings_.hidden);
    const auto first_sum = graph_.node("Add", at + "attention.sum", {attended, hidden});
    const auto middle = norm(at + "attention.output.LayerNorm", first_sum, "");
    const auto wide = linear(at + "intermediate.dense", middle, settings_.hidden, settings_.intermediate);
    const auto active = activation(at + "intermediate.", wide);
    const auto narrow = linear(at + "output.dense", active, settings_.intermediate, settings_.hidden);
    const auto second_sum = graph_.node("Add", at + "output.sum", {narrow, middle});
    return norm(at + "output.LayerNorm", second_sum, output);
  }

  std::string activation(const std::string& at, const std::string& x) {
    switch (settings_.activation) {
      case Activation::Relu:
        return graph_.node("Relu", at + "relu", {x});
      case Activation::GeluErf: {
        const auto scaled = graph_.node("Div", at + "gelu.scaled", {x, "sqrt_2"});
        const auto erf = graph_.node("Erf", at + "gelu.erf", {scaled});
        const auto raised = graph_.node("Add", at + "gelu.raised", {erf, "one"});
        const auto product = graph_.node("Mul", at + "gelu.product", {x, raised});
        return graph_.node("Mul", at + "gelu", {product, "half"});
      }
      case Activation::GeluTanh: {
        const auto cube = graph_.node("Pow", at + "gelu.cube", {x, "three"});
        const auto small = graph_.node("Mul", at + "gelu.small", {cube, "gelu_cubic"});
        const auto sum = graph_.node("Add", at + "gelu.sum", {x, small});
        const auto scaled = graph_.node("Mul", at + "gelu.scaled", {sum, "sqrt_2_over_pi"});
        const auto tanh = graph_.node("Tanh", at + "gelu.tanh", {scaled});
        const auto raised = graph_.node("Add", at + "gelu.raised", {tanh, "one"});
        const auto halved = graph_.node("Mul", at + "gelu.halved", {x, "half"});
        return graph_.node("Mul", at + "gelu", {halved, raised});
      }
    }
    return x;
  }

  void add_outputs(const std::string& hidden) {
    const GraphBuilder::Dims by_token = {{0, "batch"}, {0, "sequence"}, {settings_.hidden, ""}};
    switch (settings_.head) {
      case Head::Features:
        graph_.output(hidden, kFloat32, by_token);
        if (weights_.has("pooler.dense.weight")) {
          graph_.output(pooler(hidden), kFloat32, {{0, "batch"}, {settings_.hidden, ""}});
        }
        return;
      case Head::SequenceLabels: {
        const auto matrix = weight("classifier.weight", {settings_.labels, settings_.hidden});
        const auto bias = weight("classifier.bias", {settings_.labels});
        const auto pooled = pooler(hidden);
        graph_.node("Gemm", "logits", {pooled, matrix, bias}, {{"transB", std::int64_t{1}}});
        graph_.output("logits", kFloat32, {{0, "batch"}, {settings_.labels, ""}});
        return;
      }
      case Head::TokenLabels: {
        const auto matrix = weight("classifier.weight", {settings_.labels, settings_.hidden}, true);
        const auto bias = weight("classifier.bias", {settings_.labels});
        const auto product = graph_.node("MatMul", "classifier.product", {hidden, matrix});
        graph_.node("Add", "logits", {product, bias});
        graph_.output("logits", kFloat32, {{0, "batch"}, {0, "sequence"}, {settings_.labels, ""}});
        return;
      }
    }
  }

  std::string pooler(const std::string& hidden) {
    const auto matrix = weight("pooler.dense.weight", {settings_.hidden, settings_.hidden});
    const auto bias = weight("pooler.dense.bias", {settings_.hidden});
    const auto first =
        graph_.node("Gather", "pooler.first_token", {hidden, graph_.integers("pooler.first_index", {0}, {})},
                    {{"axis", std::int64_t{1}}});
    const auto dense =
        graph_.node("Gemm", "pooler.dense", {first, matrix, bias}, {{"transB", std::int64_t{1}}});
    return graph_.node("Tanh", "pooler_output", {dense});
  }

  const Settings& settings_;
  const CheckpointWeights& weights_;
  GraphBuilder graph_;
};

}  // namespace

std::string canonical_bert_name(const std::string& stored_name) {
  std::string name = stored_name.starts_with("bert.") ? stored_name.substr(5) : stored_name;
  // Checkpoints converted from TensorFlow have the old names of the layer normalization.
  if (name.ends_with("LayerNorm.gamma")) return name.substr(0, name.size() - 5) + "weight";
  if (name.ends_with("LayerNorm.beta")) return name.substr(0, name.size() - 4) + "bias";
  return name;
}

BuiltModel build_bert(const CheckpointConfig& config, const CheckpointWeights& weights,
                      std::vector<std::string>& remarks) {
  const auto settings = read_settings(config, remarks);
  const std::string next_layer =
      "encoder.layer." + std::to_string(settings.layers) + ".attention.self.query.weight";
  if (weights.has(next_layer)) {
    remarks.push_back("config.json asks for " + std::to_string(settings.layers) +
                      " layers: the weights of further layers are left out");
  }
  return BertBuilder(settings, weights).run();
}

}  // namespace inferometer::models
