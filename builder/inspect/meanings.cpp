#include "builder/inspect/meanings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace inferometer::builder {
namespace {

using results::Meaning;
using results::ModelInput;
using results::ModelOutput;

enum class Type { Any, Integer };

struct KnownInput {
  std::string_view name;
  Meaning meaning;
  Type type = Type::Any;
};
constexpr std::array kInputs = {
    KnownInput{"input_ids", Meaning::TokenIds, Type::Integer},
    KnownInput{"decoder_input_ids", Meaning::TokenIds, Type::Integer},
    KnownInput{"attention_mask", Meaning::AttentionMask},
    KnownInput{"decoder_attention_mask", Meaning::AttentionMask},
    KnownInput{"token_type_ids", Meaning::TokenTypes, Type::Integer},
    KnownInput{"position_ids", Meaning::Positions, Type::Integer},
    KnownInput{"pixel_values", Meaning::Pixels},
    KnownInput{"image", Meaning::Pixels},
    KnownInput{"images", Meaning::Pixels},
    KnownInput{"input_values", Meaning::Audio},
    KnownInput{"input_features", Meaning::Features},
};
constexpr std::string_view kPastPrefix = "past_key_values";
constexpr std::string_view kPresentPrefix = "present";

struct KnownOutput {
  std::string_view name;
  Meaning meaning;
};
constexpr std::array kOutputs = {
    KnownOutput{"last_hidden_state", Meaning::Embedding},
    KnownOutput{"pooler_output", Meaning::Embedding},
    KnownOutput{"sentence_embedding", Meaning::Embedding},
    KnownOutput{"embeddings", Meaning::Embedding},
    KnownOutput{"pred_boxes", Meaning::Boxes},
    KnownOutput{"boxes", Meaning::Boxes},
};
constexpr std::array<std::string_view, 4> kScoreWords = {"logits", "predictions", "probabilities", "scores"};

constexpr std::int64_t kChannels = 3;
constexpr std::array<std::string_view, 3> kPictureTypes = {"float32", "uint8", "int8"};

bool is_integer(std::string_view dtype) { return dtype.starts_with("int") || dtype.starts_with("uint"); }

bool can_be(const results::Dimension& dimension, std::int64_t size) {
  return dimension.size == 0 || dimension.size == size;
}

bool has_picture_shape(const ModelInput& input) {
  return input.shape.size() == 4 &&
         std::find(kPictureTypes.begin(), kPictureTypes.end(), input.dtype) != kPictureTypes.end() &&
         (can_be(input.shape[1], kChannels) || can_be(input.shape[3], kChannels));
}

Meaning meaning_of(const ModelInput& input) {
  for (const auto& known : kInputs) {
    const bool fits = known.type == Type::Any || is_integer(input.dtype);
    if (input.name == known.name && fits) return known.meaning;
  }
  if (input.name.starts_with(kPastPrefix)) return Meaning::CacheIn;
  return has_picture_shape(input) ? Meaning::Pixels : Meaning::Unknown;
}

bool names_scores(const ModelOutput& output, std::optional<std::size_t> rank) {
  std::string name = output.name;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return (!rank || *rank > 1) && std::any_of(kScoreWords.begin(), kScoreWords.end(),
                                             [&](auto word) { return name.find(word) != std::string::npos; });
}

Meaning meaning_of(const ModelOutput& output) {
  for (const auto& known : kOutputs) {
    if (output.name == known.name) return known.meaning;
  }
  return output.name.starts_with(kPresentPrefix) ? Meaning::CacheOut : Meaning::Unknown;
}

/// Place of the output that holds the scores; nothing where none or several could.
std::optional<std::size_t> scores_among(const std::vector<ModelOutput>& outputs,
                                        const std::vector<std::optional<std::size_t>>& ranks) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const bool scores = names_scores(outputs[i], ranks.at(i));
    if (outputs[i].name == "logits") return scores ? std::optional(i) : std::nullopt;
    if (scores) found.push_back(i);
  }
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

}  // namespace

void set_meanings(results::ModelPart& part, const std::vector<std::optional<std::size_t>>& output_ranks) {
  for (auto& input : part.inputs) input.meaning = meaning_of(input);
  for (auto& output : part.outputs) output.meaning = meaning_of(output);
  if (const auto scores = scores_among(part.outputs, output_ranks)) {
    const bool of_tokens = output_ranks.at(*scores).value_or(2) == 3;
    part.outputs[*scores].meaning = of_tokens ? Meaning::TokenScores : Meaning::ClassScores;
  }
}

}  // namespace inferometer::builder
