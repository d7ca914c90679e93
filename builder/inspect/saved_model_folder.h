// What is to be known of a SavedModel.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "formats/saved_model.h"
#include "results/model_info.h"

namespace inferometer::builder {

/// Everything but size_bytes and sha256; parameters stay 0 and the precision is taken for float32, because
/// the graph and its variables are not read. `folder` starts the message of the base::UserError for inputs
/// that cannot be fed: no shape, a dimension of 0.
results::ModelInfo inspect(const formats::SavedModelSignature& signature,
                           const std::filesystem::path& folder);

/// Size in bytes of every file below `folder`, by its path in it. Throws base::UserError for what is neither
/// file nor folder (a link leads to what the digest does not know), and for more than 10,000 files.
std::map<std::string, std::int64_t> files_of_saved_model(const std::filesystem::path& folder);

}  // namespace inferometer::builder
