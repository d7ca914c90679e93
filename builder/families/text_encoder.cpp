#include "builder/families/text_encoder.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string_view>

#include "base/text.h"
#include "onnx/types.h"

namespace inferometer::builder {
namespace {

// From 17 on LayerNormalization is one operator. Compared on MiniLM-L6 with a form of opset 12, which makes
// ONNX Runtime 1.32 fuse attention: no faster there or in OpenVINO 2026.4. Shapes of inner values are left
// out on purpose: given them, ONNX Runtime fuses SkipLayerNormalization and took 6 to 20 % more CPU time.
constexpr std::int64_t kOpset = 17;

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

std::string names_of(const auto& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return base::join(names, ", ");
}

/// The graph in the node patterns of the Hugging Face exporter, which the fusions of engines were written
/// for.
class EncoderBuilder {
 public:
  EncoderBuilder(const EncoderSettings& settings, const Weights& weights)
      : settings_(settings), weights_(weights), graph_("encoder", kOpset) {}

  onnx::BuiltModel run() {
    const onnx::GraphBuilder::Dims text = {{0, "batch"}, {0, "sequence"}};
    graph_.input("input_ids", onnx::kInt64, text);
    graph_.input("attention_mask", onnx::kInt64, text);
    if (has_token_type_input()) graph_.input("token_type_ids", onnx::kInt64, text);
    add_constants();
    std::string hidden = embeddings();
    const std::string mask = additive_mask();
    for (std::int64_t layer = 0; layer < settings_.layers; ++layer) {
      const bool is_output = layer + 1 == settings_.layers && settings_.head == Head::Features;
      hidden = encoder_layer(settings_.names.layers + std::to_string(layer) + ".", hidden, mask,
                             is_output ? "last_hidden_state" : "");
    }
    add_outputs(hidden);
    return graph_.finish();
  }

 private:
  bool has_token_type_input() const { return settings_.token_types > 0 && settings_.token_types_are_input; }

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
    graph_.integers("zero_index", {0}, {});
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
    const auto places = weight(at + "position_embeddings.weight", {settings_.positions, settings_.hidden});
    const auto ids = settings_.padding_id < 0 ? positions_from_zero(at) : positions_after_padding(at);
    auto sum = graph_.node("Gather", at + "words", {words, "input_ids"});
    if (settings_.token_types > 0) sum = add_token_types(at, sum);
    const auto place = graph_.node("Gather", at + "positions", {places, ids});
    return norm(at + "LayerNorm", graph_.node("Add", at + "sum", {sum, place}), "");
  }

  std::string add_token_types(const std::string& at, const std::string& words) {
    const auto types = weight(at + "token_type_embeddings.weight", {settings_.token_types, settings_.hidden});
    const auto type = graph_.node("Gather", at + "types",
                                  {types, settings_.token_types_are_input ? "token_type_ids" : "zero_index"});
    return graph_.node("Add", at + "words_and_types", {words, type});
  }

  /// 0, 1, 2, ...: [1, sequence].
  std::string positions_from_zero(const std::string& at) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(settings_.positions));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    const auto ids = graph_.integers(at + "position_ids", all, {1, settings_.positions});
    const auto shape = graph_.node("Shape", at + "shape", {"input_ids"});
    const auto length =
        graph_.node("Gather", at + "length", {shape, "one_index"}, {{"axis", std::int64_t{0}}});
    const auto end = graph_.node("Unsqueeze", at + "end", {length, "zeros"});
    return graph_.node("Slice", at + "used_positions", {ids, "zeros", end, "ones", "ones"});
  }

  /// The running number of each token that is no padding, from padding_id + 1 on: [batch, sequence].
  std::string positions_after_padding(const std::string& at) {
    const auto padding = graph_.integers(at + "padding_id", {settings_.padding_id}, {});
    const auto is_padding = graph_.node("Equal", at + "is_padding", {"input_ids", padding});
    const auto is_token = graph_.node("Not", at + "is_token", {is_padding});
    const auto counted =
        graph_.node("Cast", at + "counted", {is_token}, {{"to", std::int64_t{onnx::kInt64}}});
    const auto running = graph_.node("CumSum", at + "running", {counted, "one_index"});
    const auto numbers = graph_.node("Mul", at + "numbers", {running, counted});
    // Nothing in these nodes tells a reader how long a text may be.
    graph_.note(onnx::kLongestText, std::to_string(settings_.positions - settings_.padding_id - 1));
    return graph_.node("Add", at + "position_ids", {numbers, padding});
  }

  std::string additive_mask() {
    const auto wide = graph_.node("Unsqueeze", "mask.wide", {"attention_mask", "ones"});
    const auto wider = graph_.node("Unsqueeze", "mask.wider", {wide, "twos"});
    const auto kept = graph_.node("Cast", "mask.kept", {wider}, {{"to", std::int64_t{onnx::kFloat32}}});
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

  /// `at` is the layer with its dot.
  std::string attention(const std::string& at, const std::string& hidden, const std::string& mask) {
    const auto heads_of = [&](const std::string& part, const std::vector<std::int64_t>& order) {
      const auto projected = linear(at + part, hidden, settings_.hidden, settings_.hidden);
      const auto split = graph_.node("Reshape", at + part + ".heads", {projected, "split_heads"});
      return graph_.node("Transpose", at + part + ".by_head", {split}, {{"perm", order}});
    };
    const auto query = heads_of(settings_.names.query, {0, 2, 1, 3});
    const auto key = heads_of(settings_.names.key, {0, 2, 3, 1});
    const auto value = heads_of(settings_.names.value, {0, 2, 1, 3});
    const auto product = graph_.node("MatMul", at + "attention.product", {query, key});
    const auto scaled = graph_.node("Div", at + "attention.scores", {product, "score_divisor"});
    const auto masked = graph_.node("Add", at + "attention.masked_scores", {scaled, mask});
    const auto shares =
        graph_.node("Softmax", at + "attention.shares", {masked}, {{"axis", std::int64_t{-1}}});
    const auto context = graph_.node("MatMul", at + "attention.context", {shares, value});
    const auto by_token = graph_.node("Transpose", at + "attention.by_token", {context},
                                      {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
    return graph_.node("Reshape", at + "attention.joined", {by_token, "join_heads"});
  }

  std::string encoder_layer(const std::string& at, const std::string& hidden, const std::string& mask,
                            const std::string& output) {
    const auto& names = settings_.names;
    const auto context = attention(at, hidden, mask);
    const auto attended = linear(at + names.attention_output, context, settings_.hidden, settings_.hidden);
    const auto first_sum = graph_.node("Add", at + "attention.sum", {attended, hidden});
    const auto middle = norm(at + names.attention_norm, first_sum, "");
    const auto wide = linear(at + names.wide, middle, settings_.hidden, settings_.intermediate);
    const auto active = activation(at + "activation.", wide);
    const auto narrow = linear(at + names.narrow, active, settings_.intermediate, settings_.hidden);
    const auto second_sum = graph_.node("Add", at + "sum", {narrow, middle});
    return norm(at + names.norm, second_sum, output);
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
    const onnx::GraphBuilder::Dims by_token = {{0, "batch"}, {0, "sequence"}, {settings_.hidden, ""}};
    switch (settings_.head) {
      case Head::Features:
        graph_.output(hidden, onnx::kFloat32, by_token);
        if (weights_.has("pooler.dense.weight")) {
          graph_.output(of_first_token(hidden, "pooler.dense", "Tanh", "pooler_output"), onnx::kFloat32,
                        {{0, "batch"}, {settings_.hidden, ""}});
        }
        return;
      case Head::SequenceLabels: {
        const auto& head = settings_.sequence_head;
        const auto pooled = of_first_token(hidden, head.dense, head.activation, "pooled");
        gemm("logits", pooled, head.labels, settings_.labels);
        graph_.output("logits", onnx::kFloat32, {{0, "batch"}, {settings_.labels, ""}});
        return;
      }
      case Head::TokenLabels: {
        const auto matrix = weight("classifier.weight", {settings_.labels, settings_.hidden}, true);
        const auto bias = weight("classifier.bias", {settings_.labels});
        const auto product = graph_.node("MatMul", "classifier.product", {hidden, matrix});
        graph_.node("Add", "logits", {product, bias});
        graph_.output("logits", onnx::kFloat32, {{0, "batch"}, {0, "sequence"}, {settings_.labels, ""}});
        return;
      }
    }
  }

  std::string of_first_token(const std::string& hidden, const char* dense, const char* activation,
                             const char* result) {
    const auto first =
        graph_.node("Gather", "first_token", {hidden, "zero_index"}, {{"axis", std::int64_t{1}}});
    return graph_.node(activation, result, {gemm(dense, first, dense, settings_.hidden)});
  }

  std::string gemm(const std::string& name, const std::string& value, const std::string& weights,
                   std::int64_t rows) {
    const auto matrix = weight(weights + ".weight", {rows, settings_.hidden});
    const auto bias = weight(weights + ".bias", {rows});
    return graph_.node("Gemm", name, {value, matrix, bias}, {{"transB", std::int64_t{1}}});
  }

  const EncoderSettings& settings_;
  const Weights& weights_;
  onnx::GraphBuilder graph_;
};

}  // namespace

Activation read_activation(const CheckpointConfig& config, const char* key) {
  const auto name = config.text(key, "gelu");
  for (const auto& row : kActivations) {
    if (name == row.name) return row.activation;
  }
  config.refuse(key, "supported: " + names_of(kActivations));
}

Head read_head(const CheckpointConfig& config, std::span<const Architecture> known,
               std::vector<std::string>& remarks) {
  const auto architectures = config.texts("architectures");
  if (architectures.empty()) return Head::Features;
  for (const auto& row : known) {
    if (architectures.size() != 1 || architectures[0] != row.name) continue;
    if (row.drops_its_head) {
      remarks.push_back(std::string(row.name) +
                        ": the encoder is measured, the language-model head is left out");
    }
    return row.head;
  }
  config.refuse("architectures", "one of these is supported: " + names_of(known));
}

std::int64_t read_labels(const CheckpointConfig& config) {
  return config.has("id2label") ? config.entries("id2label") : config.count("num_labels", 2, 10'000'000);
}

std::string without_wrapper(const std::string& stored_name, const std::string& prefix) {
  std::string name = stored_name.starts_with(prefix) ? stored_name.substr(prefix.size()) : stored_name;
  if (name.ends_with("LayerNorm.gamma")) return name.substr(0, name.size() - 5) + "weight";
  if (name.ends_with("LayerNorm.beta")) return name.substr(0, name.size() - 4) + "bias";
  return name;
}

onnx::BuiltModel build_encoder(const EncoderSettings& settings, const CheckpointConfig& config,
                               const Weights& weights, std::vector<std::string>& remarks) {
  if (settings.hidden % settings.heads != 0) {
    config.refuse(config.has("n_heads") ? "n_heads" : "num_attention_heads",
                  "a divisor of the hidden size, " + std::to_string(settings.hidden) + ", is allowed");
  }
  const std::string next_layer =
      settings.names.layers + std::to_string(settings.layers) + "." + settings.names.query + ".weight";
  if (weights.has(next_layer)) {
    remarks.push_back("config.json asks for " + std::to_string(settings.layers) +
                      " layers: the weights of further layers are left out");
  }
  return EncoderBuilder(settings, weights).run();
}

}  // namespace inferometer::builder
