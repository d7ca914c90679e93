// Published architectures by name, and random weights for them where the trained ones cannot be had.
#pragma once

#include <string>
#include <vector>

#include "models/graph_builder.h"
#include "tensors/tensor.h"

namespace inferometer::models {

struct Published {
  const char* name;    ///< as people say it
  const char* hub_id;  ///< ORG/NAME on the Hugging Face hub
  const char* config;  ///< what its config.json says of the architecture
  bool has_pooler;     ///< the bare model has one
};
const std::vector<Published>& published_models();
/// By either name; null for one that is not in the table.
const Published* find_published(const std::string& name);
/// The same. Throws base::UserError with the known names.
const Published& published(const std::string& name);

/// The published graph with weights that are pending.
struct SyntheticModel {
  BuiltModel built;
  std::string recipe;
};
/// Throws base::UserError for a name that is not in the table.
SyntheticModel open_synthetic(const std::string& name);

/// The tensor that a pending weight of `built` comes from, as before training: matrices normal with deviation
/// 0.02, scales of normalizations 1, biases 0 (Devlin et al., 2019, and its published code). The same on
/// every machine.
tensors::Tensor synthetic_weight(const BuiltModel& built, const std::string& name);

}  // namespace inferometer::models
