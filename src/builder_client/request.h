// What the builder is asked of a model, as it travels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "models/models.h"
#include "results/variant.h"

namespace inferometer::builder_client {

/// What is to be built of a model.
struct Target {
  results::Variant variant;                    ///< empty: the first that the model has
  bool by_toolchain = false;                   ///< a toolchain builds it: more memory, more time
  std::int64_t batch_size = 1;                 ///< of variants with fixed shapes
  std::int64_t sequence_length = 0;            ///< the same; 0 where the model has no such dimension
  std::vector<std::filesystem::path> samples;  ///< sets of inputs, for variants that want some
  std::int64_t memory_bytes = 0;               ///< that a toolchain may use
};

struct ModelRequest {
  models::Reference reference;
  Target target;
  std::filesystem::path cache;  ///< of digests and artefacts
};
base::Json to_json(const ModelRequest& request);
ModelRequest model_request_from_json(const base::Json& json);

}  // namespace inferometer::builder_client
