#include "tensors/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"

namespace inferometer::tensors {

InputFile::InputFile(const std::filesystem::path& path) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) {
    throw base::UserError(path.string() + ": cannot be read: " + base::errno_text(errno));
  }
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw base::UserError(path.string() + ": is not a regular file");
  }
  size_bytes_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw base::UserError(path_.string() + ": reading failed: " + base::errno_text(errno));
    if (got == 0) {
      throw base::UserError(fmt::format("{}: ends at byte {}, {} bytes too early: copy or download it again",
                                        path_.string(), offset, into.size()));
    }
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

std::string InputFile::head(std::size_t limit) const {
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(limit, size_bytes_)), '\0');
  read(0, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

std::string mistaken_for(std::string_view head) {
  if (head.empty()) return "the file is empty";
  if (head.starts_with("version https://git-lfs")) {
    return "this is a Git-LFS pointer, not the file itself: run `git lfs pull`";
  }
  const auto begins = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (begins != std::string_view::npos && head[begins] == '<') {
    return "this is an HTML or XML page, perhaps an error page saved by a download: download the file again";
  }
  if (head.starts_with("GGUF")) return "this is a GGUF file";
  if (head.starts_with("PK\x03\x04")) return "this is a zip archive (npz, .pt, .keras)";
  if (head.starts_with("\x93NUMPY")) return "this is a NumPy npy file";
  if (head.starts_with("\x80\x02") || head.starts_with("\x80\x04")) {
    return "this is a Python pickle, which can run code when it is read: save the arrays as npy or "
           "safetensors";
  }
  if (head.starts_with("RIFF")) return "this is a RIFF file (wav, webp)";
  if (head.size() > 8 && head.substr(4, 4) == "TFL3") return "this is a TFLite file";
  return "";
}

}  // namespace inferometer::tensors
