// Models by name, path or checkpoint. Nothing of theirs is read here: that is done by inferometer-builder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "packages/installed.h"

namespace inferometer::models {

/// What a name given by the user means.
struct Reference {
  enum class Kind { File, SavedModel, Checkpoint, Hub, Synthetic, Application, Null };
  Kind kind = Kind::File;
  std::string name;  ///< as given
  /// File or folder; of an Application its weights, empty for random ones; empty for Hub, Synthetic and Null.
  std::filesystem::path path;
  std::string hub_id;  ///< of Hub: ORG/NAME
};

/// Models of the null engine: of one part, and one of two parts that generates texts.
inline constexpr const char* kNullModel = "null";
inline constexpr const char* kNullGenerateModel = "null-generate";

/// A path to an .onnx or .tflite file, SavedModel or checkpoint folder; "minilm" (from its package); the name
/// of a published model or any ORG/NAME, in the Hugging Face cache or else to be had from the hub; a network
/// of keras.applications; "null" and "null-generate" (the null engine's). With `synthetic_weights` only a
/// published name or such a network, whose weights are then random. Throws base::UserError: no such file, a
/// folder that is neither, a known model that is not here (with what to do), an unknown name (with the known
/// ones).
Reference resolve(const std::string& name, const packages::Installed& store, bool synthetic_weights = false);

/// Names that resolve without a path, for help and completion.
std::vector<std::string> known_names();

}  // namespace inferometer::models
