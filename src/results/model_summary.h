// What the builder tells about a model: small, checked, safe to use in the coordinator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace inferometer::results {

/// What an input or output means. Set once, where the file is inspected or the graph is built; whoever
/// needs it reads it and guesses nothing again.
enum class Meaning {
  Unknown,
  TokenIds,
  AttentionMask,
  TokenTypes,
  Positions,  ///< of tokens
  Pixels,
  Audio,     ///< samples of sound
  Features,  ///< made of sound or pictures by a preprocessor: a mel spectrogram
  CacheIn,   ///< keys and values of earlier tokens
  CacheOut,
  ClassScores,  ///< [batch, classes]
  TokenScores,  ///< [batch, sequence, classes or vocabulary]
  Embedding,
  Boxes,
};

/// A dimension of a model input: a fixed size, or a name to be bound by the workload.
struct Dimension {
  std::int64_t size = 0;  ///< > 0: fixed
  std::string name;       ///< for size 0: symbolic name; "?N" where the file gives none
  std::string role;       ///< "batch", "sequence", "" (the user must bind it with --dim NAME=N)
};

struct InputSummary {
  std::string name;
  std::string dtype;  ///< float32, int64, ... as in tensors
  std::vector<Dimension> shape;
  std::int64_t index_bound = 0;  ///< > 0: the values index a table of that many rows
  bool quantized = false;        ///< integers that stand for real numbers: every value of the type is one
  double scale = 0;              ///< > 0: of a quantized input, real number = scale * (integer - zero_point)
  std::int64_t zero_point = 0;
  std::string
      picture_scaling;  ///< how it wants pictures, as in --image-scaling; empty: the file does not say
  Meaning meaning = Meaning::Unknown;
};

struct OutputSummary {
  std::string name;
  std::string dtype;
  Meaning meaning = Meaning::Unknown;
};

/// What a model is, or can become by a toolchain.
struct AvailableVariant {
  std::string name;            ///< "tflite/float16"
  std::string format;          ///< "tflite"
  bool fixed_shapes = false;   ///< made for one batch size and sequence length
  bool wants_samples = false;  ///< made by looking at values of inputs
  std::string toolchain;       ///< the package that makes it; empty: none is needed
  bool can_be_made = true;     ///< false: its toolchain is not installed
};

/// Of so many weights as float32.
constexpr std::int64_t float32_bytes(std::int64_t parameters) { return 4 * parameters; }

struct ModelSummary {
  std::string format;   ///< "onnx", "tflite", "saved_model", "null"
  std::string variant;  ///< "onnx/float32"
  std::vector<InputSummary> inputs;
  std::vector<OutputSummary> outputs;
  std::int64_t max_sequence_length = 0;  ///< 0: none known
  std::int64_t parameters = 0;
  std::int64_t size_bytes = 0;  ///< of the artefact with external data
  std::string sha256;
  bool synthetic_weights = false;
  std::vector<std::string>
      remarks;             ///< "weights are int8: there is no float32 parent to hold outputs against"
  bool has_parent = true;  ///< false: an artefact without a float32 parent, `unverified`
};

}  // namespace inferometer::results
