// The cache that Hugging Face's own tools and we share: what lies in it, and where.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace inferometer::models {

/// HF_HOME, else XDG_CACHE_HOME/huggingface, else HOME/.cache/huggingface, as huggingface_hub looks for it.
std::filesystem::path hub_home();
/// HF_HUB_CACHE, else HUGGINGFACE_HUB_CACHE (its old name), else hub/ in hub_home().
std::filesystem::path hub_cache_folder();
/// HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is 1, ON, YES or TRUE: nothing is to be downloaded.
bool hub_is_offline();
/// As huggingface_hub reads a variable that is on or off.
bool is_switched_on(const char* variable);

/// ORG/NAME as the hub allows it.
bool is_hub_id(const std::string& name);
/// "models--ORG--NAME". Empty for what is no id.
std::string hub_folder_name(const std::string& id);

/// Folder of the snapshot to which the branch "main" of model `id` (ORG/NAME, or NAME) points in the cache;
/// nothing where it is not there or not whole: config.json and model.safetensors, or every shard. Only names
/// are looked at.
std::optional<std::filesystem::path> cached_snapshot(const std::string& id);

}  // namespace inferometer::models
