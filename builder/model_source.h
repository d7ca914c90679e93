// The sources that recipes start from: files, checkpoints, published names, applications, the null model.
#pragma once

#include <memory>

#include "builder/recipes/digests.h"
#include "builder/recipes/source.h"
#include "models/models.h"

namespace inferometer::builder {

/// `digests` must outlive it. Throws base::UserError for what cannot be read.
std::unique_ptr<Source> open_source(const models::Reference& reference, const DigestMemo& digests);

/// For `inspect_model`.
inline auto digest_of(const DigestMemo& digests) {
  return [&digests](const std::filesystem::path& file) { return digests.of(file); };
}

}  // namespace inferometer::builder
