// Transformer encoders that normalize after each sum (BERT and its relatives) as ONNX graphs. What tells the
// relatives apart is a table of names and a few settings; each has a file of its own that fills them in.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "builder/families/checkpoint.h"
#include "onnx/graph_builder.h"

namespace inferometer::builder {

enum class Activation { GeluErf, GeluTanh, Relu };
enum class Head { Features, SequenceLabels, TokenLabels };

/// Weights of layer N are LAYERS N "." PART (".weight" and ".bias").
struct EncoderNames {
  const char* layers;
  const char* query;
  const char* key;
  const char* value;
  const char* attention_output;
  const char* attention_norm;
  const char* wide;
  const char* narrow;
  const char* norm;
};

/// The first token's vector goes through `dense` and `activation` to `labels`.
struct SequenceHead {
  const char* dense;
  const char* activation;  ///< ONNX operator
  const char* labels;
};

/// A class name of transformers in "architectures".
struct Architecture {
  const char* name;
  Head head;
  bool drops_its_head;  ///< the checkpoint has a head that we do not build; its encoder is whole
};

struct EncoderSettings {
  EncoderNames names;
  SequenceHead sequence_head;
  std::int64_t hidden = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t intermediate = 0;
  std::int64_t vocabulary = 0;
  std::int64_t positions = 0;         ///< rows of the table
  std::int64_t token_types = 0;       ///< rows of the table; 0: the model has none
  bool token_types_are_input = true;  ///< false: every token is of type 0
  /// >= 0: tokens with this id have the position of the same number, and the others count from the next one
  /// on (RoBERTa). -1: positions count from 0, padding or not.
  std::int64_t padding_id = -1;
  std::int64_t labels = 0;
  float norm_epsilon = 0;
  Activation activation = Activation::GeluErf;
  Head head = Head::Features;
};

/// "hidden_act" or what `key` says. Throws base::UserError with the supported names.
Activation read_activation(const CheckpointConfig& config, const char* key);
/// By the first of "architectures"; none: features. What is left out is added to `remarks`. Throws
/// base::UserError.
Head read_head(const CheckpointConfig& config, std::span<const Architecture> known,
               std::vector<std::string>& remarks);
/// Labels by "id2label", else "num_labels", else 2.
std::int64_t read_labels(const CheckpointConfig& config);

/// A stored name without the wrapper's `prefix` ("bert.") and with today's names of normalizations
/// ("LayerNorm.gamma" of checkpoints converted from TensorFlow is "LayerNorm.weight").
std::string without_wrapper(const std::string& stored_name, const std::string& prefix);

/// Throws base::UserError: heads that do not divide `hidden`, a tensor that is missing or has another shape.
onnx::BuiltModel build_encoder(const EncoderSettings& settings, const CheckpointConfig& config,
                               const Weights& weights, std::vector<std::string>& remarks);

}  // namespace inferometer::builder
