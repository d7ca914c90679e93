#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "machine/machine.h"

namespace inferometer::machine {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& reason) {
  throw base::UserError(file.string() + ": cannot be used as the lock of this machine's measurements: " +
                        reason + "; remove it");
}

/// The folder is open to everybody: a link, a pipe or a file that only its owner may open is refused.
int open_lock_file(const std::filesystem::path& file) {
  constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  // Without O_CREAT first: the kernel (fs.protected_regular) refuses O_CREAT on a file of another user here.
  int descriptor = ::open(file.c_str(), kFlags);
  if (descriptor < 0 && errno == ENOENT) {
    descriptor = ::open(file.c_str(), kFlags | O_CREAT | O_EXCL, 0666);
    if (descriptor >= 0) ::fchmod(descriptor, 0666);  // the umask must not keep the next user out
    if (descriptor < 0 && errno == EEXIST) descriptor = ::open(file.c_str(), kFlags);
  }
  if (descriptor < 0) fail(file, base::errno_text(errno));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    fail(file, "it is not a regular file");
  }
  return descriptor;
}

/// A cleaner of temporary files may take the name away: a lock on a nameless file keeps nobody out.
bool still_named(int descriptor, const std::filesystem::path& file) {
  struct stat held {};
  struct stat named {};
  return ::fstat(descriptor, &held) == 0 && ::lstat(file.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

/// For the message to those who wait; the lock itself is the kernel's.
void sign(int descriptor) {
  const auto note = fmt::format("process {} ({}, since {})", ::getpid(), user_name(), base::utc_now());
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const auto written = ::pwrite(descriptor, note.data(), note.size(), 0);
  }
}

std::string holder(int descriptor) {
  std::array<char, 200> note{};
  const auto length = ::pread(descriptor, note.data(), note.size(), 0);
  return length > 0 ? base::printable({note.data(), static_cast<std::size_t>(length)})
                    : "a process that has not signed yet";
}

}  // namespace

MeasurementLock::MeasurementLock(std::chrono::nanoseconds timeout,
                                 const std::function<void(const std::string&)>& notify,
                                 const std::filesystem::path& file) {
  const std::int64_t give_up_ns = base::monotonic_ns() + timeout.count();
  for (bool first = true;; first = false) {
    const int descriptor = open_lock_file(file);
    const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (locked && still_named(descriptor, file)) {
      descriptor_ = descriptor;
      sign(descriptor);
      return;
    }
    const std::string by = locked ? "" : holder(descriptor);
    ::close(descriptor);
    if (locked) continue;
    if (first) notify("another experiment measures on this machine; waiting: held by " + by);
    if (base::monotonic_ns() >= give_up_ns) {
      throw base::UserError(
          "another experiment measures on this machine, and two at once would disturb each other: "
          "held by " +
          by + "; wait for its end or stop it");
    }
    const timespec pause{0, 100'000'000};
    if (::nanosleep(&pause, nullptr) != 0 && errno == EINTR) {
      throw base::UserError("interrupted while waiting for the measurement of " + by);
    }
  }
}

MeasurementLock::~MeasurementLock() {
  // Before the lock is given back: later the note may already be the next holder's.
  [[maybe_unused]] const int cleared = ::ftruncate(descriptor_, 0);
  ::close(descriptor_);
}

}  // namespace inferometer::machine
