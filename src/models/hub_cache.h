// Models that Hugging Face's own tools have downloaded.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace inferometer::models {

/// HF_HUB_CACHE, else HF_HOME/hub, else XDG_CACHE_HOME/huggingface/hub, else HOME/.cache/huggingface/hub, as
/// huggingface_hub looks for it.
std::filesystem::path hub_cache_folder();

/// Folder of the snapshot to which the branch "main" of model `id` (ORG/NAME, or NAME) points in the cache;
/// nothing where it is not there.
std::optional<std::filesystem::path> cached_snapshot(const std::string& id);

}  // namespace inferometer::models
