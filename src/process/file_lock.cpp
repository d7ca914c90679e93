#include "process/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace inferometer::process {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* action) {
  throw base::UserError(file.string() + ": " + action + ": " + base::errno_text(errno));
}

}  // namespace

FileLock::FileLock(std::filesystem::path file)
    : file_(std::move(file)), descriptor_(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (!descriptor_.open()) fail(file_, "cannot be opened");
}

bool FileLock::try_take() {
  if (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) == 0) return true;
  if (errno != EWOULDBLOCK) fail(file_, "cannot be locked");
  return false;
}

void FileLock::wait() {
  while (::flock(descriptor_.get(), LOCK_EX) != 0) {
    if (errno != EINTR) fail(file_, "cannot be locked");
  }
}

}  // namespace inferometer::process
