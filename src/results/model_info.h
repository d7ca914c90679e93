// What the builder says of a model: small, checked, safe to use in the coordinator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/variant.h"

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

struct ModelInput {
  std::string name;
  std::string dtype;  ///< float32, int64, ... as in tensors
  std::vector<Dimension> shape;
  std::int64_t index_bound = 0;  ///< > 0: the values index a table of that many rows
  bool quantized = false;        ///< integers that stand for real numbers: every value of the type is one
  double scale = 0;              ///< > 0: of a quantized input, real number = scale * (integer - zero_point)
  std::int64_t zero_point = 0;
  std::string picture_scaling;  ///< how it wants pictures, as in --image-scaling; empty: nothing says so
  Meaning meaning = Meaning::Unknown;
};

struct ModelOutput {
  std::string name;
  std::string dtype;
  Meaning meaning = Meaning::Unknown;
};

/// One graph of a model.
struct ModelPart {
  std::string name =
      "model";  ///< so called where there is one only, else "encoder", "prefill", "decode", ...
  std::vector<ModelInput> inputs;
  std::vector<ModelOutput> outputs;
};

struct ModelInfo {
  std::string family;  ///< architecture that we know: "bert", "mobilenet_v2"; empty: it is a file of any
  std::string task;    ///< what it is for: "text-classification"; empty: nothing says so
  Variant variant;     ///< that the rest describes
  std::vector<ModelPart> parts;
  std::int64_t max_sequence_length = 0;  ///< 0: none known
  std::int64_t parameters = 0;
  std::int64_t size_bytes = 0;  ///< of all parts with external data
  std::string sha256;           ///< of all parts; empty before they are built
  bool synthetic_weights = false;
  std::vector<std::string>
      remarks;             ///< "weights are int8: there is no float32 parent to hold outputs against"
  bool has_parent = true;  ///< false: an artefact without a float32 parent, `unverified`
};

/// The part that gets the inputs of a workload. The others are fed with what it and they themselves return.
inline const ModelPart& entry_part(const ModelInfo& model) { return model.parts.front(); }
inline ModelPart& entry_part(ModelInfo& model) { return model.parts.front(); }

/// What a model is, or can become.
struct AvailableVariant {
  Variant variant;
  bool fixed_shapes = false;    ///< built for one batch size and sequence length
  bool wants_samples = false;   ///< built by looking at values of inputs
  std::string toolchain;        ///< the package that builds it; empty: none is needed
  Variant built_from;           ///< another variant that is built before; empty: none
  std::int64_t peak_bytes = 0;  ///< of memory that building it of `built_from` is expected to need at most
  double expected_seconds = 0;  ///< that it takes, very roughly
  bool can_be_built = true;     ///< false: its toolchain is not installed
};

/// Of so many weights as float32.
constexpr std::int64_t float32_bytes(std::int64_t parameters) { return 4 * parameters; }

}  // namespace inferometer::results
