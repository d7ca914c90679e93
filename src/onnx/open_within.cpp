#include "onnx/open_within.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/text.h"

namespace inferometer::onnx {

process::Descriptor open_within_by_components(int folder, const std::string& location) {
  process::Descriptor current(::fcntl(folder, F_DUPFD_CLOEXEC, 0));
  const auto components = base::split(location, '/');
  for (std::size_t i = 0; i < components.size(); ++i) {
    const int kind = i + 1 < components.size() ? O_PATH | O_DIRECTORY : O_RDONLY | O_NONBLOCK;
    process::Descriptor next(::openat(current.get(), components[i].c_str(), kind | O_NOFOLLOW | O_CLOEXEC));
    if (!next.open()) {
      const int reason = errno;
      struct stat status {};
      // O_DIRECTORY with O_NOFOLLOW says "not a directory" for a link; the caller wants to know that it is
      // one.
      const bool link = ::fstatat(current.get(), components[i].c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                        S_ISLNK(status.st_mode);
      errno = link ? ELOOP : reason;
      return process::Descriptor();
    }
    current = std::move(next);
  }
  return current;
}

process::Descriptor open_within(int folder, const std::string& location) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  process::Descriptor opened(
      static_cast<int>(::syscall(SYS_openat2, folder, location.c_str(), &how, sizeof how)));
  if (opened.open() || (errno != ENOSYS && errno != EPERM)) return opened;
  return open_within_by_components(folder, location);
}

}  // namespace inferometer::onnx
