// Variants by toolchain; runs in the prepare child. Each step is one process of its own, whose memory goes
// back to the machine when it ends.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "builder/recipes/artefact_cache.h"
#include "builder_client/request.h"
#include "models/models.h"

namespace inferometer::builder {

/// What the first step reads.
struct ConversionSource {
  models::Reference reference;   ///< Checkpoint, Synthetic or models::Application
  results::ModelSummary parent;  ///< of the model's own variant: names of inputs and outputs, sizes
  Origin origin;                 ///< of what is read: its recipe and the digest of every file
  /// Of a text model: writes config.json and model.safetensors into a folder.
  std::function<void(const std::filesystem::path&)> write_checkpoint;
};

struct Converted {
  ArtefactCache::Entry entry;
  std::filesystem::path file;  ///< or folder
  std::string recipe;
  std::int64_t peak_rss_bytes = 0;  ///< of the largest step that ran; 0 when all came from the cache
};

/// Finds target.variant in the cache, or has it made, step by step; `tell` hears what is going on. Throws
/// base::UserError: the toolchain is not installed, a step needs more memory than there is, a step failed.
Converted convert(const ConversionSource& source, const builder_client::Target& target,
                  const ArtefactCache& cache, const std::function<void(const std::string&)>& tell);

}  // namespace inferometer::builder
