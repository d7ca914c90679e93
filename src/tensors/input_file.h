// A file of a stranger, read by offset; never mapped, because a mapped file that shrinks kills the process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace inferometer::tensors {

class InputFile {
 public:
  /// Throws base::UserError when `path` cannot be read or is no regular file; does not block on a FIFO.
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// When it was opened.
  std::uint64_t size_bytes() const { return size_bytes_; }
  /// Fills `into`. Throws base::UserError, with the byte, when the file ends before.
  void read(std::uint64_t offset, std::span<std::byte> into) const;
  /// The first bytes, as many as there are up to `limit`.
  std::string head(std::size_t limit) const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_bytes_ = 0;
};

/// What a file that is not what its name says is instead, with what to do, by its first bytes: "this is a
/// Git-LFS pointer: run `git lfs pull`"; empty when it is nothing that is often mistaken.
std::string mistaken_for(std::string_view head);

}  // namespace inferometer::tensors
