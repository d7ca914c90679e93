// Where the files of one model lie in the cache, in the places where huggingface_hub has them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace inferometer::builder {

class ModelFolder {
 public:
  ModelFolder(const std::filesystem::path& cache, const std::string& id);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path blob(const std::string& digest) const { return path_ / "blobs" / digest; }
  /// What has come so far.
  std::filesystem::path part(const std::string& digest) const {
    return path_ / "blobs" / (digest + ".incomplete");
  }
  /// Held by whoever downloads the blob, huggingface_hub among them (process::FileLock).
  std::filesystem::path lock(const std::string& digest) const { return locks_ / (digest + ".lock"); }
  std::filesystem::path snapshot(const std::string& commit) const { return path_ / "snapshots" / commit; }

  /// Makes the folders. Throws base::UserError when that cannot be.
  void make(const std::string& commit) const;
  /// `name` in the snapshot becomes a link to the blob, whatever it was.
  void link(const std::string& commit, const std::string& name, const std::string& digest) const;
  /// The branch "main" is this commit from now on.
  void point_main_to(const std::string& commit) const;

 private:
  std::filesystem::path path_;
  std::filesystem::path locks_;
};

/// A file that grows at its end. Every failure is a base::UserError naming it and the reason.
class PartialFile {
 public:
  explicit PartialFile(std::filesystem::path file);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  std::int64_t size_bytes() const { return size_bytes_; }
  void append(std::string_view bytes);
  void empty();
  /// On the disk, under its final name.
  void finish(const std::filesystem::path& final_name);

 private:
  std::filesystem::path file_;
  int descriptor_;
  std::int64_t size_bytes_ = 0;
};

}  // namespace inferometer::builder
