// Zip archives as NumPy writes them: stored or deflated members, no encryption, no zip64, nothing unpacked to
// disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tensors/input_file.h"

namespace inferometer::tensors {

struct ZipMember {
  std::string name;
  bool deflated = false;
  std::uint32_t crc32 = 0;
  std::uint64_t stored_bytes = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t header_begin = 0;
  std::uint64_t begin = 0;  ///< of the stored bytes
};

/// Checked when it is opened: the directory agrees with the headers of the members, which do not overlap,
/// have different names without folders, and have at most kMaxZipBytes in all. Throws base::UserError.
class ZipArchive {
 public:
  explicit ZipArchive(const std::filesystem::path& file);
  const std::vector<ZipMember>& members() const { return members_; }
  /// Throws base::UserError when the bytes cannot be inflated, have another length or another checksum.
  std::string read(const ZipMember& member) const;

 private:
  struct Directory {
    std::uint64_t begin = 0;
    std::uint64_t size_bytes = 0;
    std::size_t members = 0;
  };
  Directory find_directory() const;
  void read_directory(const Directory& directory);
  void check_names() const;
  void check_header(ZipMember& member, std::uint64_t directory_begin) const;
  void check_layout(std::uint64_t directory_begin) const;
  [[noreturn]] void fail(const std::string& what) const;

  std::string origin_;
  InputFile input_;
  std::vector<ZipMember> members_;
};

}  // namespace inferometer::tensors
