#include "record/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "record/line.h"

namespace inferometer::record {
namespace {

constexpr std::size_t kChunkBytes = 1 << 18;

Descriptor open_regular(const std::filesystem::path& file, std::uint64_t* size = nullptr) {
  // O_NONBLOCK: a FIFO among the records must not block us.
  Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) {
    throw base::RecordError(file.string() + ": cannot be read: " + base::errno_text(errno));
  }
  if (!S_ISREG(status.st_mode)) throw base::RecordError(file.string() + ": is not a regular file");
  if (size != nullptr) *size = static_cast<std::uint64_t>(status.st_size);
  return fd;
}

std::size_t read_at(const Descriptor& fd, const std::filesystem::path& file, std::string& bytes,
                    std::uint64_t offset) {
  ssize_t got = 0;
  do {
    got = ::pread(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw base::RecordError(file.string() + ": reading failed: " + base::errno_text(errno));
  return static_cast<std::size_t>(got);
}

}  // namespace

LineReader::LineReader(const std::filesystem::path& file) : file_(file), fd_(open_regular(file)) {}

bool LineReader::fill() {
  buffer_.resize(kChunkBytes);
  buffer_.resize(read_at(fd_, file_, buffer_, offset_));
  used_ = 0;
  return !buffer_.empty();
}

bool LineReader::next(std::string& line) {
  line.clear();
  begin_ = offset_;
  terminated_ = too_long_ = false;
  while (!terminated_ && (used_ < buffer_.size() || fill())) {
    const std::size_t newline = buffer_.find('\n', used_);
    terminated_ = newline != std::string::npos;
    const std::size_t end = terminated_ ? newline : buffer_.size();
    const std::size_t room = kMaxLineBytes - line.size();
    too_long_ = too_long_ || end - used_ > room;
    line.append(buffer_, used_, std::min(end - used_, room));
    offset_ += end - used_ + (terminated_ ? 1 : 0);
    used_ = end + (terminated_ ? 1 : 0);
  }
  return offset_ > begin_;
}

LastLine last_line(const std::filesystem::path& file) {
  std::uint64_t begin = 0;
  const Descriptor fd = open_regular(file, &begin);
  std::string tail;
  // Two newlines are needed: the one that ends the last whole line, and the one before it.
  while (begin > 0 && std::count(tail.begin(), tail.end(), '\n') < 2 && tail.size() < kMaxLineBytes) {
    std::string chunk(std::min<std::uint64_t>(begin, std::max<std::uint64_t>(kChunkBytes, tail.size())),
                      '\0');
    begin -= chunk.size();
    chunk.resize(read_at(fd, file, chunk, begin));
    tail.insert(0, chunk);
  }
  LastLine last;
  const std::size_t newline = tail.rfind('\n');
  last.after = newline == std::string::npos ? tail : tail.substr(newline + 1);
  if (newline == std::string::npos) return last;
  const std::size_t before = newline == 0 ? std::string::npos : tail.rfind('\n', newline - 1);
  const std::size_t first = before == std::string::npos ? 0 : before + 1;
  last.text = tail.substr(first, newline - first);
  return last;
}

}  // namespace inferometer::record
