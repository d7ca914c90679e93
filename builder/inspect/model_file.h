// Model files and folders of any format that is known.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "results/model_summary.h"

namespace inferometer::builder {

/// SHA-256 of a file, 64 hexadecimal digits.
using DigestOf = std::function<std::string(const std::filesystem::path&)>;

/// Of a file, which is what its first bytes say; where they say nothing, what its name says. Throws
/// base::UserError: another format (named), cut, damaged or refused by a check of its format.
results::ModelSummary inspect_model_file(const std::filesystem::path& file, const DigestOf& digest_of_file);

/// Of the folder of a SavedModel; its digest covers the names and bytes of all its files.
results::ModelSummary inspect_saved_model(const std::filesystem::path& folder,
                                          const DigestOf& digest_of_file);

}  // namespace inferometer::builder
