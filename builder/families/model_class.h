// Kinds of checkpoint that become ONNX. A new one is one file and one row in the table of model_class.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "builder/families/checkpoint.h"
#include "onnx/graph_builder.h"

namespace inferometer::builder {

struct ModelClass {
  const char* model_type;  ///< in config.json
  const char* recipe;      ///< name and version; raise the version when the built model changes
  /// A stored name of a tensor to the name that `build` asks for.
  std::string (*canonical)(const std::string& stored_name);
  /// Throws base::UserError for a setting, head or shape that is not supported. What a user should know of
  /// the result is added to `remarks`.
  onnx::BuiltModel (*build)(const CheckpointConfig& config, const Weights& weights,
                            std::vector<std::string>& remarks);
};

/// Throws base::UserError naming the known model types.
const ModelClass& class_of(const CheckpointConfig& config);

/// A checkpoint with everything known of it but the bytes of its weights.
struct OpenCheckpoint {
  CheckpointWeights weights;
  onnx::BuiltModel built;
  std::string recipe;
  std::vector<std::string> remarks;
  std::vector<std::string> files;  ///< every file that the artefact depends on, in the folder
};
OpenCheckpoint open_checkpoint(const std::filesystem::path& folder);

}  // namespace inferometer::builder
