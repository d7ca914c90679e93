// Families of checkpoints that become ONNX. A new one is one row of the table in family.cpp, and one file
// that builds its graph (docs/adding-a-family.md).
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "builder/families/checkpoint.h"
#include "onnx/graph_builder.h"

namespace inferometer::builder {

struct Family {
  const char* model_type;  ///< in config.json
  const char* recipe;      ///< name and version; raise the version when the built graph changes
  /// What its checkpoints are for recipes that read them: `from` of their rows. Families that one script
  /// reads share it.
  const char* checkpoint_kind;
  /// A stored name of a tensor to the name that `build` asks for.
  std::string (*canonical)(const std::string& stored_name);
  /// Throws base::UserError for a setting, head or shape that is not supported. What a user should know of
  /// the result is added to `remarks`.
  onnx::BuiltModel (*build)(const CheckpointConfig& config, const Weights& weights,
                            std::vector<std::string>& remarks);
};

/// Those that are known.
std::span<const Family> families();

/// By "model_type". Throws base::UserError naming the known ones.
const Family& family_of(const CheckpointConfig& config, std::span<const Family> known = families());

/// By the first of "architectures", as transformers names its classes: "text-classification",
/// "token-classification"; "feature-extraction" for a model without a head of these.
std::string task_of(const CheckpointConfig& config);

/// A checkpoint with everything known of it but the bytes of its weights.
struct OpenCheckpoint {
  CheckpointWeights weights;
  onnx::BuiltModel built;
  const Family* family;
  std::string task;
  std::vector<std::string> remarks;
  std::vector<std::string> files;  ///< every file that the artefact depends on, in the folder
};
OpenCheckpoint open_checkpoint(const std::filesystem::path& folder,
                               std::span<const Family> known = families());

}  // namespace inferometer::builder
