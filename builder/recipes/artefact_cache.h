// Artefacts that were built before: found by what they were built of, checked before they are used again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "builder/recipes/digests.h"

namespace inferometer::builder {

/// What an artefact is built of; equal origins give equal artefacts.
struct Origin {
  struct Input {
    std::string name;
    std::string sha256;
  };
  std::string recipe;  ///< name and version
  std::vector<Input> inputs;

  /// SHA-256 over all of it: the name of the artefact's folder.
  std::string key() const;
};

class ArtefactCache {
 public:
  /// Artefacts lie in `folder`/KEY. `digests` remembers the digests of their files. `notify` gets what the
  /// user should hear: "...: is damaged, it is built again", and that another process is waited for.
  ArtefactCache(std::filesystem::path folder, const DigestMemo& digests,
                std::function<void(const std::string&)> notify);

  struct Entry {
    std::filesystem::path folder;
    bool cached = false;
  };
  /// The artefact of `origin`: from the cache when every file has the size and digest that its marker says,
  /// else made by `build` in a new folder, which is synced and renamed into place as a whole. One process
  /// makes at a time; others wait. Throws base::UserError, and what `build` throws.
  Entry find_or_build(const Origin& origin,
                      const std::function<void(const std::filesystem::path&)>& build) const;

 private:
  std::string damage(const std::filesystem::path& artefact) const;
  void build_whole(const Origin& origin, const std::filesystem::path& artefact,
                   const std::function<void(const std::filesystem::path&)>& build) const;

  std::filesystem::path folder_;
  const DigestMemo& digests_;
  std::function<void(const std::string&)> notify_;
};

}  // namespace inferometer::builder
