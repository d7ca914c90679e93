// Files of input values: the user's own, and those that are made of texts or pictures by the libraries that
// define how.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "inputs/request.h"
#include "inputs/shapes.h"

namespace inferometer::builder {

/// A file with the values of one input or of several.
struct Source {
  std::string input;           ///< empty: the file names its arrays
  std::filesystem::path file;  ///< npy, npz or safetensors
  std::string shown;           ///< in reports: "file ids.npy", "texts reviews.txt"
};

/// The user's files as they are; texts are tokenized and pictures read into files in `folder`. Throws
/// base::UserError: the model takes no texts or pictures, no tokenizer, no toolchain, what its script says.
std::vector<Source> sources_of(const inputs::Request& request, const inputs::Shapes& shapes,
                               const std::filesystem::path& folder);

}  // namespace inferometer::builder
