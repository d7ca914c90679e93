// What the user named, as the builder sees it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "builder/recipes/artefact_cache.h"
#include "builder/recipes/recipes.h"
#include "results/configuration.h"
#include "results/model_info.h"

namespace inferometer::builder {

/// What is there without a recipe.
struct NativeFiles {
  std::vector<results::ArtefactPart> parts;  ///< digests and sizes are blank where they were built
  bool cached = false;                       ///< nothing had to be built
};

/// Every function throws base::UserError for what is wrong with the user's files.
class Source {
 public:
  virtual ~Source() = default;

  virtual Start start() const = 0;
  /// Before anything is built; of the first variant that it has.
  virtual results::ModelInfo info() const = 0;
  /// Of all that is read of it.
  virtual Origin origin() const = 0;
  /// The user's own files where they are, or what is built of them now. Call it for a start with a `native`
  /// variant.
  virtual NativeFiles native_files(const ArtefactCache& cache) const = 0;
  /// What the script of a recipe reads of it; files that the script reads are written into `folder`. Call
  /// it for a start with a `kind`.
  virtual base::Json job(const std::filesystem::path& folder) const = 0;
};

}  // namespace inferometer::builder
