// Which open dimension of an input is the batch and which the sequence.
#pragma once

#include <vector>

#include "results/model_info.h"

namespace inferometer::builder {

/// Fills in `role` of the open dimensions of inputs whose meaning is known. In this order: names that
/// exporters use ("batch_size", "seq_len"); the place (the first of several is the batch, the second of
/// inputs of tokens the sequence); a name that got a role in one input has it in all. A dimension that stays
/// without a role has to be bound by the user.
void assign_roles(std::vector<results::ModelInput>& inputs);

}  // namespace inferometer::builder
