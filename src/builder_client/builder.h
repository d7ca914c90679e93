// Models inspected and artefacts built, by inferometer-builder with limited memory and time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "builder_client/request.h"
#include "models/models.h"
#include "results/configuration.h"
#include "results/model_info.h"

namespace inferometer::builder_client {

/// Gets a sentence about what is going on.
using Notify = std::function<void(const std::string&)>;

class Builder {
 public:
  /// `program`: path of inferometer-builder. `cache`: folder of artefacts.
  Builder(std::filesystem::path program, std::filesystem::path cache);

  /// Downloads what lies on the hub into the Hugging Face cache and refers to it there; any other reference
  /// is returned as it is. `notify` hears how far it is. Throws base::UserError with the builder's message.
  models::Reference obtain(const models::Reference& reference, const Notify& notify) const;

  struct Inspected {
    results::ModelInfo info;
    std::vector<results::AvailableVariant> variants;  ///< the one that `info` describes first
  };
  /// Cheap: reads header, config or graph; builds and downloads nothing. Throws base::UserError with the
  /// builder's message.
  Inspected inspect(const models::Reference& reference) const;

  struct Built {
    results::ModelInfo info;
    std::vector<results::ArtefactPart> parts;
    std::string recipe;  ///< "bert-onnx 1", "user file"
    bool cached = false;
    std::int64_t duration_ns = 0;
    std::int64_t peak_rss_bytes = 0;  ///< of the builder
  };
  /// Builds the artefact, or finds it in the cache (key: recipe, its version, the digest of every input
  /// file).
  Built build(const models::Reference& reference, const Target& target, const Notify& notify) const;

 private:
  std::filesystem::path program_;
  std::filesystem::path cache_;
};

}  // namespace inferometer::builder_client
