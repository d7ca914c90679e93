// Npz files: zip archives of npy members, stored or deflated.
#pragma once

#include <filesystem>
#include <vector>

#include "tensors/tensor.h"

namespace inferometer::tensors {

/// All arrays, in the order of the archive. Pickled (object) arrays are refused by a base::UserError.
std::vector<Tensor> read_npz(const std::filesystem::path& file);

}  // namespace inferometer::tensors
