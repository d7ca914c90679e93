// What the hub says a repository holds, and which of it a checkpoint needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"

namespace inferometer::builder {

/// A file at the root of a repository.
struct RemoteFile {
  std::string name;
  std::int64_t size_bytes = 0;
  /// Sha256: of its bytes (large files, which lie in LFS). Sha1: git's name of it, of "blob SIZE", a byte 0
  /// and its bytes.
  base::Hash::Kind hash = base::Hash::Kind::Sha256;
  std::string digest;  ///< hexadecimal; also its ETag and so its name among the blobs of the cache
};

struct Listing {
  std::string commit;             ///< 40 hexadecimal digits
  std::vector<RemoteFile> files;  ///< those that a checkpoint needs, weights last
  std::int64_t size_bytes() const;
};

/// `answer`: of /api/models/ID/revision/main?blobs=true. Throws base::UserError, beginning with `id`: an
/// answer that is none or cannot be trusted (a path that leaves the folder, a file without size or digest), a
/// repository without config.json or safetensors weights (with what is there instead).
Listing read_listing(const std::string& answer, const std::string& id);

}  // namespace inferometer::builder
