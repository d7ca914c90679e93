// Artefacts that were made before: found by what they were made of, checked before they are used again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "builder/recipes/digests.h"

namespace inferometer::builder {

/// What an artefact is made of; equal origins make equal artefacts.
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
  /// Artefacts lie in `folder`/KEY. `digests` remembers the digests of their files. `tell` gets what the user
  /// should hear: "...: is damaged, it is made again", and that another process is waited for.
  ArtefactCache(std::filesystem::path folder, const DigestMemo& digests,
                std::function<void(const std::string&)> tell);

  struct Entry {
    std::filesystem::path folder;
    bool cached = false;
  };
  /// The artefact of `origin`: from the cache when every file has the size and digest that its marker says,
  /// else made by `make` in a new folder, which is synced and renamed into place as a whole. One process
  /// makes at a time; others wait. Throws base::UserError, and what `make` throws.
  Entry find_or_make(const Origin& origin,
                     const std::function<void(const std::filesystem::path&)>& make) const;

 private:
  std::string damage(const std::filesystem::path& artefact) const;
  void make_whole(const Origin& origin, const std::filesystem::path& artefact,
                  const std::function<void(const std::filesystem::path&)>& make) const;

  std::filesystem::path folder_;
  const DigestMemo& digests_;
  std::function<void(const std::string&)> tell_;
};

}  // namespace inferometer::builder
