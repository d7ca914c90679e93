#include "process/descriptor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/error.h"

namespace inferometer::process {
namespace {

constexpr int kLowestDescriptor = 10;

[[noreturn]] void refuse(const std::string& program) {
  throw base::UserError(program + ": cannot be started: " + base::errno_text(errno));
}

Descriptor moved_up(const Descriptor& low, const std::string& program) {
  Descriptor high(::fcntl(low.get(), F_DUPFD_CLOEXEC, kLowestDescriptor));
  if (!high.open()) refuse(program);
  return high;
}

Ends moved_up(const int (&fds)[2], const std::string& program) {
  const Descriptor read(fds[0]);
  const Descriptor write(fds[1]);
  return {moved_up(read, program), moved_up(write, program)};
}

void never_block(const Descriptor& descriptor) {
  ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

void Descriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Ends pipe_from_child(const std::string& program) {
  int fds[2] = {-1, -1};
  if (::pipe2(fds, O_CLOEXEC) != 0) refuse(program);
  Ends ends = moved_up(fds, program);
  never_block(ends.read);
  return ends;
}

Ends stream_to_child(const std::string& program) {
  int fds[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) refuse(program);
  Ends ends = moved_up(fds, program);
  never_block(ends.write);
  return ends;
}

Descriptor memory_file(std::string_view bytes, const std::string& program) {
  const Descriptor file(::memfd_create("standard input", MFD_CLOEXEC));
  if (!file.open()) refuse(program);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) refuse(program);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) refuse(program);
  return moved_up(file, program);
}

Descriptor null_device(const std::string& program) {
  const Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!file.open()) refuse(program);
  return moved_up(file, program);
}

}  // namespace inferometer::process
