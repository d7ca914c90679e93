// Published architectures with random weights, for where the trained ones cannot be had.
#pragma once

#include <string>

#include "builder/families/family.h"
#include "onnx/graph_builder.h"
#include "tensors/tensor.h"

namespace inferometer::builder {

/// The published graph with weights that are pending.
struct SyntheticModel {
  onnx::BuiltModel built;
  const Family* family;
  std::string task;
  std::string recipe;
};
/// Throws base::UserError for a name that is not in the table.
SyntheticModel open_synthetic(const std::string& name);

/// The tensor that a pending weight of `built` comes from, as before training: matrices normal with deviation
/// 0.02, scales of normalizations 1, biases 0 (Devlin et al., 2019, and its published code). The same on
/// every machine.
tensors::Tensor synthetic_weight(const onnx::BuiltModel& built, const std::string& name);

}  // namespace inferometer::builder
