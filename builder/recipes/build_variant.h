// Variants built along a route of recipes. Each step is one process of its own, whose memory goes back to the
// machine when it ends.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "builder/recipes/artefact_cache.h"
#include "builder/recipes/recipes.h"
#include "builder/recipes/source.h"
#include "builder_client/request.h"

namespace inferometer::builder {

struct BuiltVariant {
  std::vector<results::ArtefactPart> parts;  ///< without digests and sizes
  std::string recipe;                        ///< of the last step, with the version of its tool
  bool cached = false;
  std::int64_t peak_rss_bytes = 0;  ///< of the largest step that ran; 0 when all came from the cache
};

struct BuildContext {
  const ArtefactCache& cache;
  std::string name;                                ///< of the model, at the start of messages
  std::function<void(const std::string&)> notify;  ///< hears what is going on
};

/// Finds target.variant in the cache, or has it built, step by step. `route`: of find_route. Throws
/// base::UserError: the toolchain is not installed, a step needs more memory than there is, a step failed.
BuiltVariant build_variant(const Source& source, const std::vector<const Recipe*>& route,
                           const builder_client::Target& target, const BuildContext& context);

}  // namespace inferometer::builder
