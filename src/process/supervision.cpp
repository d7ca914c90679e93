#include "process/supervision.h"

#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/error.h"
#include "process/process.h"

namespace inferometer::process {
namespace {

// Signal state is the process's own, so it cannot live in an object.
volatile std::sig_atomic_t received = 0;
int descriptor = -1;
bool reaper = false;

void count_interruption(int) {
  const int kept_errno = errno;
  received = received + 1;
  const std::uint64_t one = 1;
  // The counter of an eventfd cannot overflow here, so there is nothing to do about a failure.
  [[maybe_unused]] const ssize_t written = ::write(descriptor, &one, sizeof one);
  errno = kept_errno;
}

}  // namespace

void set_up_supervision() {
  INFEROMETER_CHECK(descriptor < 0, "set_up_supervision is called once");
  descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  INFEROMETER_CHECK(descriptor >= 0, "eventfd: " + base::errno_text(errno));
  reaper = ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
  struct sigaction action {};
  action.sa_handler = count_interruption;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  // Under nohup a closed terminal is to be ignored.
  struct sigaction inherited {};
  ::sigaction(SIGHUP, nullptr, &inherited);
  if (inherited.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);
}

int interruptions() { return received; }
int interruption_descriptor() { return descriptor; }
bool adopts_orphans() { return reaper; }

}  // namespace inferometer::process
