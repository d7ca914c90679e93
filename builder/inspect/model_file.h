// Model files and folders of any format that is known.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "results/model_info.h"

namespace inferometer::builder {

/// SHA-256 of a file, 64 hexadecimal digits.
using DigestOf = std::function<std::string(const std::filesystem::path&)>;

/// Of a file, which is what its first bytes say, or where they say nothing what its name says; or of the
/// folder of a checkpoint or SavedModel, whose digest covers the names and bytes of all its files. Throws
/// base::UserError: another format (named), cut, damaged or refused by a check of its format.
results::ModelInfo inspect_model(const std::filesystem::path& path, const DigestOf& digest_of_file);

}  // namespace inferometer::builder
