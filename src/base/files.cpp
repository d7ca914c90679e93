#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>

#include "base/error.h"
#include "base/text.h"

namespace inferometer::base {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const fs::path& file, const std::string& action) {
  throw UserError(file.string() + ": " + action + ": " + errno_text(errno));
}

void write_all(int fd, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(file, "cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

fs::path from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && value[0] == '/' ? fs::path(value) : fs::path();
}

fs::path user_folder(const char* inferometer_part, const char* xdg_variable, const char* home_part) {
  if (const auto home = from_environment("INFEROMETER_HOME"); !home.empty()) return home / inferometer_part;
  // Silently taking another folder would lose what the user keeps there.
  if (const char* given = std::getenv("INFEROMETER_HOME"); given != nullptr && given[0] != '\0')
    throw UserError("INFEROMETER_HOME is '" + printable(given) + "': it must begin with /");
  if (const auto xdg = from_environment(xdg_variable); !xdg.empty()) return xdg / "inferometer";
  const auto home = from_environment("HOME");
  if (home.empty()) {
    throw UserError("neither INFEROMETER_HOME nor HOME names a folder: set INFEROMETER_HOME=/some/folder");
  }
  return home / home_part / "inferometer";
}

/// A folder that nobody holds a lock on was left by a killed process, unless it was made just now.
void remove_abandoned(const fs::path& folder, const std::string& prefix) {
  constexpr std::chrono::minutes kBeingMade(1);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    const auto age = fs::file_time_type::clock::now() - entry.last_write_time(ignored);
    const Descriptor held(::open(entry.path().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (held.get() < 0 || age < kBeingMade || ::flock(held.get(), LOCK_EX | LOCK_NB) != 0) continue;
    fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

std::string read_file(const fs::path& file, std::uint64_t limit_bytes) {
  // O_NONBLOCK: a FIFO given as a file must not block us.
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) fail(file, "cannot be read");
  if (!S_ISREG(status.st_mode)) throw UserError(file.string() + ": is not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limit_bytes) {
    throw UserError(file.string() + ": has " + std::to_string(size) + " bytes; at most " +
                    std::to_string(limit_bytes) + " are allowed here");
  }
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(fd.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(file, "reading failed");
    if (got == 0) break;  // the file became shorter; what is there is returned and checked by the caller
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void write_file_atomically(const fs::path& file, std::string_view bytes) {
  std::string temporary = file.string() + ".XXXXXX";
  const Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (fd.get() < 0) fail(file, "cannot be written");
  try {
    write_all(fd.get(), bytes, file);
    // mkostemp makes files that only their owner reads; a result is an ordinary file.
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(fd.get(), 0666 & ~mask);
    if (::fsync(fd.get()) != 0) fail(file, "cannot be written");
    if (::rename(temporary.c_str(), file.c_str()) != 0) fail(file, "cannot be written");
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
}

void require_writable_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw UserError(folder.string() + ": the folder cannot be made: " + error.message());
  std::string probe = (folder / ".probe.XXXXXX").string();
  const Descriptor fd(::mkostemp(probe.data(), O_CLOEXEC));
  if (fd.get() < 0) fail(folder, "the folder cannot be written to");
  ::unlink(probe.c_str());
}

ScratchFolder::ScratchFolder(const std::string& purpose) {
  const std::string prefix = "inferometer-" + purpose + ".";
  const auto folder = fs::temp_directory_path();
  remove_abandoned(folder, prefix);
  std::string pattern = (folder / (prefix + "XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) fail(pattern, "no temporary folder can be made");
  path_ = pattern;
  lock_ = ::open(pattern.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0 || ::flock(lock_, LOCK_EX) != 0) fail(path_, "cannot be locked");
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  ::close(lock_);
}

fs::path programs_folder() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw UserError("/proc/self/exe: cannot be read: " + error.message());
  const auto folder = program.parent_path();
  // The builder and the workers live in libexec/inferometer, the coordinator in bin.
  return folder.filename() == "inferometer" ? folder.parent_path().parent_path() / "bin" : folder;
}

fs::path libexec_folder() {
  const auto moved = from_environment("INFEROMETER_LIBEXEC");
  return moved.empty() ? programs_folder().parent_path() / "libexec" / "inferometer" : moved;
}

fs::path share_folder() {
  const auto moved = from_environment("INFEROMETER_SHARE");
  return moved.empty() ? programs_folder().parent_path() / "share" / "inferometer" : moved;
}

fs::path cache_folder() { return user_folder("cache", "XDG_CACHE_HOME", ".cache"); }
fs::path state_folder() { return user_folder("state", "XDG_STATE_HOME", ".local/state"); }

}  // namespace inferometer::base
