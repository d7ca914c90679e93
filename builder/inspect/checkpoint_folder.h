// A folder with config.json and model.safetensors, as transformers reads it.
#pragma once

#include <filesystem>

#include "builder/inspect/model_file.h"
#include "results/model_info.h"

namespace inferometer::builder {

/// It has a config.json, and is no SavedModel.
bool is_checkpoint_folder(const std::filesystem::path& folder);

/// Size, number of weights and digest, which covers the names and bytes of all its files. Its inputs and
/// outputs are those of its model class, which the folder does not tell. Throws base::UserError for wrong
/// weights.
results::ModelInfo inspect_checkpoint_folder(const std::filesystem::path& folder,
                                             const DigestOf& digest_of_file);

}  // namespace inferometer::builder
