// Checkpoints from the Hugging Face hub into the cache that its own tools use.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "builder/hub/settings.h"

namespace inferometer::builder {

/// What a download needs but for the hub.
struct DownloadContext {
  base::Clock& clock;
  std::function<void(const std::string&)> notify;
};

/// Folder of the snapshot of model `id` (ORG/NAME) at its branch "main", with every file that a checkpoint
/// needs, each checked against the digest that the hub names. What lies in the cache is not downloaded again,
/// what an earlier try began is gone on with; "main" is moved last, so that the cache never shows half a
/// model. Throws base::UserError: the hub cannot be reached or refuses, the model has no safetensors, too
/// little space, a file that comes wrong or not whole.
std::filesystem::path download(const std::string& id, const Settings& settings,
                               const DownloadContext& context);

/// The command `download`: {"id"} to {"folder"}, with the settings of the environment.
base::Json download_command(const base::Json& request);

}  // namespace inferometer::builder
