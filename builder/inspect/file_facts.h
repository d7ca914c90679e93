// What is said of files of all formats in the same way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "results/model_info.h"

namespace inferometer::builder {

/// Sizes of the input `name` of `file`, -1 where one is open: open ones are named "?0", "?1", ..., counted on
/// in `nameless`. Throws base::UserError for a size of 0.
std::vector<results::Dimension> dimensions_of(const std::vector<std::int64_t>& shape, const std::string& name,
                                              const std::filesystem::path& file, int& nameless);

/// The floating-point type that most bytes of weights have; "float32" where there are none.
std::string commonest_float(const std::map<std::string, double>& bytes_of_type);

/// Weights of `precision` ("int8") have no float32 parent: says so in `info`, and why.
void note_missing_parent(results::ModelInfo& info, const std::string& precision);

}  // namespace inferometer::builder
