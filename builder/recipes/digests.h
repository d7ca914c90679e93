// SHA-256 of large files, computed once as long as they stay as they are.
#pragma once

#include <filesystem>
#include <string>

namespace inferometer::builder {

/// Remembers digests in a folder, one small file for each path. A digest is used again only while the file
/// has the same size, inode and times; a file that changed less than two seconds ago is not remembered,
/// because a second change could leave the same times.
class DigestMemo {
 public:
  explicit DigestMemo(std::filesystem::path folder);

  /// 64 hexadecimal digits. Throws base::UserError when the file cannot be read.
  std::string of(const std::filesystem::path& file) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace inferometer::builder
