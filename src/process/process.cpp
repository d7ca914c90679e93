#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "process/log.h"
#include "process/process.h"
#include "process/progress_lines.h"
#include "process/spawn.h"
#include "process/tree.h"

namespace inferometer::process {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::int64_t kKillTimeout_ns = 10'000'000'000;
// Descendants that are not our children announce neither their stop nor their end to us.
constexpr std::int64_t kLookAgain_ns = 200'000;
constexpr std::int64_t kYear_ns = 365LL * 24 * 3600 * 1'000'000'000;

std::int64_t deadline_after(std::chrono::nanoseconds timeout) {
  return base::monotonic_ns() + std::clamp<std::int64_t>(timeout.count(), 0, kYear_ns);
}

timespec left_until(std::int64_t deadline_ns) {
  const std::int64_t left_ns = std::max<std::int64_t>(deadline_ns - base::monotonic_ns(), 0);
  return {static_cast<time_t>(left_ns / 1'000'000'000), static_cast<long>(left_ns % 1'000'000'000)};
}

/// While it lives, SIGCHLD waits to be taken by sigtimedwait instead of being ignored.
class HeldChildSignal {
 public:
  HeldChildSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGCHLD);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~HeldChildSignal() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldChildSignal(const HeldChildSignal&) = delete;
  HeldChildSignal& operator=(const HeldChildSignal&) = delete;
  void await(std::int64_t deadline_ns) const {
    const timespec left = left_until(deadline_ns);
    ::sigtimedwait(&signals_, nullptr, &left);
  }

 private:
  sigset_t signals_;
  sigset_t before_;
};

}  // namespace

class Child::Implementation {
 public:
  explicit Implementation(const SpawnRequest& request) : Implementation(request, base::random_id()) {}

  int pid() const { return spawned_.pid; }
  bool send(std::string_view line, std::int64_t deadline_ns);
  Received receive(std::string& bytes, std::int64_t deadline_ns);
  std::optional<Exit> wait(std::int64_t deadline_ns);
  Exit kill_tree();
  bool pause(std::int64_t deadline_ns);
  void resume();
  void expect_descendants() { alone_ = false; }
  std::int64_t cpu_ns();
  std::string log_tail() const;
  const std::string& captured_output() const { return captured_; }

 private:
  Implementation(const SpawnRequest& request, const std::string& mark)
      : standard_output_to_(request.standard_output_to),
        capture_(request.capture_standard_output),
        capture_limit_bytes_(request.capture_limit_bytes),
        log_(request.log_limit_bytes),
        progress_(request.notify ? std::optional<ProgressLines>(request.notify) : std::nullopt),
        spawned_(spawn(request, mark)),
        root_(std::in_place, spawned_.pid, mark) {}

  struct Happened {
    bool channel = false;
    bool ended = false;
    bool timeout = false;
  };
  Happened block(const Descriptor& channel, short events, std::int64_t deadline_ns);
  bool drain(Descriptor& stream, Log::Stream name);
  void keep_output(std::string_view bytes);
  bool stopped(const HeldChildSignal& child_signal, std::int64_t deadline_ns) const;
  bool stop_descendants(std::int64_t deadline_ns);
  bool end_descendants(std::set<TreeRoot::Identity>& ended) const;
  bool root_has_ended() const;
  void await_end(std::int64_t deadline_ns) const;
  Exit reap() const;

  std::function<void(std::string_view)> standard_output_to_;
  bool capture_;
  std::size_t capture_limit_bytes_;
  std::size_t capture_dropped_bytes_ = 0;
  std::string captured_;
  Log log_;
  std::optional<ProgressLines> progress_;  ///< where somebody listens
  std::string line_;
  Spawned spawned_;
  std::optional<TreeRoot> root_;  ///< until the child is reaped
  bool alone_ = false;            ///< no descendants when last looked for
  std::vector<int> stragglers_;   ///< descendants stopped one by one
  std::int64_t cpu_ns_ = 0;       ///< as last read
  std::optional<Exit> exit_;
};

/// Returns when something happened on `channel`, when the child has ended or when time is up; what the child
/// prints meanwhile is taken away, so that it can go on.
Child::Implementation::Happened Child::Implementation::block(const Descriptor& channel, short events,
                                                             std::int64_t deadline_ns) {
  for (;;) {
    std::array<pollfd, 5> watched = {{{channel.get(), events, 0},
                                      {spawned_.exit.get(), POLLIN, 0},
                                      {spawned_.output.get(), POLLIN, 0},
                                      {spawned_.error.get(), POLLIN, 0},
                                      {interruption_descriptor(), POLLIN, 0}}};
    const timespec left = left_until(deadline_ns);
    const int ready = ::ppoll(watched.data(), watched.size(), &left, nullptr);
    INFEROMETER_CHECK(ready >= 0 || errno == EINTR, "ppoll: " + base::errno_text(errno));
    if (ready < 0) continue;
    if (watched[4].revents != 0) throw Interrupted();
    if (watched[2].revents != 0) drain(spawned_.output, Log::Output);
    if (watched[3].revents != 0) drain(spawned_.error, Log::Error);
    const Happened happened{watched[0].revents != 0, watched[1].revents != 0, ready == 0};
    if (happened.channel || happened.ended || happened.timeout) return happened;
  }
}

/// Takes what is there at once; false when there was nothing or never will be.
bool Child::Implementation::drain(Descriptor& stream, Log::Stream name) {
  if (!stream.open()) return false;
  std::array<char, kReadBytes> buffer;
  const ssize_t count = ::read(stream.get(), buffer.data(), buffer.size());
  if (count == 0) stream.close();
  if (count <= 0) return false;
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  if (standard_output_to_ && name == Log::Output) {
    standard_output_to_(bytes);
  } else if (capture_ && name == Log::Output) {
    keep_output(bytes);
  } else if (progress_ && name == Log::Error) {
    log_.append(name, progress_->take(bytes));
  } else {
    log_.append(name, bytes);
  }
  return true;
}

void Child::Implementation::keep_output(std::string_view bytes) {
  const std::size_t kept = std::min(bytes.size(), capture_limit_bytes_ - captured_.size());
  captured_ += bytes.substr(0, kept);
  capture_dropped_bytes_ += bytes.size() - kept;
}

std::string Child::Implementation::log_tail() const {
  if (capture_dropped_bytes_ == 0) return log_.text();
  return "[output over " + std::to_string(capture_limit_bytes_) +
         " bytes: " + std::to_string(capture_dropped_bytes_) + " bytes dropped]\n" + log_.text();
}

bool Child::Implementation::send(std::string_view line, std::int64_t deadline_ns) {
  line_.assign(line);
  line_ += '\n';
  std::string_view rest = line_;
  while (!rest.empty()) {
    const ssize_t count =
        ::send(spawned_.commands.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
    if (count >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    const Happened happened = block(spawned_.commands, POLLOUT, deadline_ns);
    if (happened.ended || happened.timeout) return false;
  }
  return true;
}

Child::Received Child::Implementation::receive(std::string& bytes, std::int64_t deadline_ns) {
  std::array<char, kReadBytes> buffer;
  while (spawned_.replies.open()) {
    const Happened happened = block(spawned_.replies, POLLIN, deadline_ns);
    if (happened.timeout) return Received::Timeout;
    const ssize_t count = ::read(spawned_.replies.get(), buffer.data(), buffer.size());
    if (count > 0) {
      bytes.append(buffer.data(), static_cast<std::size_t>(count));
      return Received::Bytes;
    }
    // A grandchild may hold the other end open for longer than the child lives.
    if (count == 0 || happened.ended) break;
  }
  spawned_.replies.close();
  return Received::End;
}

std::optional<Exit> Child::Implementation::wait(std::int64_t deadline_ns) {
  if (!exit_ && block(Descriptor(), 0, deadline_ns).timeout) return std::nullopt;
  return kill_tree();
}

// ---- end ----------------------------------------------------------------------------------------

Exit Child::Implementation::kill_tree() {
  if (exit_) return *exit_;
  const std::int64_t deadline_ns = base::monotonic_ns() + kKillTimeout_ns;
  std::set<TreeRoot::Identity> ended;
  // Nobody may answer the end of a part by starting another.
  if (!root_has_ended()) ::killpg(pid(), SIGSTOP);
  bool left = true;
  while (left && base::monotonic_ns() < deadline_ns) {
    // Descendants are found while the root lives: then they are still its children.
    left = end_descendants(ended);
    if (!root_has_ended()) {
      ::killpg(pid(), SIGKILL);
      await_end(deadline_ns);
      left = true;
    } else if (left) {
      const timespec moment{0, kLookAgain_ns};
      ::nanosleep(&moment, nullptr);
    }
  }
  while (drain(spawned_.output, Log::Output)) continue;
  while (drain(spawned_.error, Log::Error)) continue;
  if (progress_) log_.append(Log::Error, progress_->finish());
  exit_ = reap();
  root_.reset();
  exit_->left_behind = static_cast<int>(ended.size());
  return *exit_;
}

/// Kills what lives and reaps what became our child; true when there was anything.
bool Child::Implementation::end_descendants(std::set<TreeRoot::Identity>& ended) const {
  bool any = false;
  for (const auto& member : root_->descendants(TreeRoot::Strays::Include, ended)) {
    if (!member.gone) {
      any = true;
      ended.insert(member.identity);
      ::kill(member.identity.pid, SIGKILL);
    } else if (member.parent == ::getpid() && ::waitpid(member.identity.pid, nullptr, WNOHANG) > 0) {
      // It may have started another since the list was taken, and ended before it was looked at.
      any = true;
    }
  }
  return any;
}

bool Child::Implementation::root_has_ended() const {
  siginfo_t facts{};
  return ::waitid(P_PID, static_cast<id_t>(pid()), &facts, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         facts.si_pid != 0;
}

void Child::Implementation::await_end(std::int64_t deadline_ns) const {
  pollfd ended{spawned_.exit.get(), POLLIN, 0};
  int ready = 0;
  do {
    const timespec left = left_until(deadline_ns);
    ready = ::ppoll(&ended, 1, &left, nullptr);
  } while (ready < 0 && errno == EINTR);
}

Exit Child::Implementation::reap() const {
  Exit exit;
  int status = 0;
  rusage usage{};
  if (::wait4(pid(), &status, WNOHANG, &usage) != pid()) {
    exit.unkillable = true;
    return exit;
  }
  exit.signalled = WIFSIGNALED(status);
  exit.code = exit.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
  exit.peak_rss_bytes = usage.ru_maxrss * 1024;
  return exit;
}

// ---- pause and resume ---------------------------------------------------------------------------

bool Child::Implementation::pause(std::int64_t deadline_ns) {
  if (exit_) return false;
  const HeldChildSignal child_signal;
  ::killpg(pid(), SIGSTOP);
  if (!stopped(child_signal, deadline_ns)) return false;
  return alone_ || stop_descendants(deadline_ns);
}

/// The kernel reports a stop when the last thread of the process has stopped.
bool Child::Implementation::stopped(const HeldChildSignal& child_signal, std::int64_t deadline_ns) const {
  for (;;) {
    siginfo_t facts{};
    const int failed =
        ::waitid(P_PID, static_cast<id_t>(pid()), &facts, WSTOPPED | WEXITED | WNOHANG | WNOWAIT);
    INFEROMETER_CHECK(failed == 0, "waitid: " + base::errno_text(errno));
    if (facts.si_pid != 0) return facts.si_code == CLD_STOPPED;
    if (base::monotonic_ns() >= deadline_ns) return false;
    child_signal.await(deadline_ns);
  }
}

bool Child::Implementation::stop_descendants(std::int64_t deadline_ns) {
  for (;;) {
    bool all_stopped = true;
    stragglers_.clear();
    for (const auto& member : root_->descendants(TreeRoot::Strays::Spare)) {
      if (member.gone) continue;
      const int pid = member.identity.pid;
      stragglers_.push_back(pid);
      if (all_threads_stopped(pid)) continue;
      all_stopped = false;
      ::kill(pid, SIGSTOP);
    }
    alone_ = stragglers_.empty();
    // Whoever was still running may have started another: only a look that finds all stopped is the last.
    if (all_stopped) return true;
    if (base::monotonic_ns() >= deadline_ns) return false;
    const timespec moment{0, kLookAgain_ns};
    ::nanosleep(&moment, nullptr);
  }
}

void Child::Implementation::resume() {
  if (exit_) return;
  for (const int descendant : stragglers_) ::kill(descendant, SIGCONT);
  ::killpg(pid(), SIGCONT);
}

std::int64_t Child::Implementation::cpu_ns() {
  if (exit_) return cpu_ns_;
  std::int64_t sum_ns = cpu_ns_with_reaped_children(pid());
  if (!alone_) {
    // Says nothing of whether it is alone: what is not stopped may start another at once.
    for (const auto& member : root_->descendants(TreeRoot::Strays::Spare))
      sum_ns += cpu_ns_with_reaped_children(member.identity.pid);
  }
  cpu_ns_ = std::max(cpu_ns_, sum_ns);
  return cpu_ns_;
}

// ---- the public face ----------------------------------------------------------------------------

Child::Child(const SpawnRequest& request) : implementation_(std::make_unique<Implementation>(request)) {}

Child::~Child() { implementation_->kill_tree(); }

int Child::pid() const { return implementation_->pid(); }

bool Child::send(std::string_view line, std::chrono::nanoseconds timeout) {
  return implementation_->send(line, deadline_after(timeout));
}

Child::Received Child::receive(std::string& bytes, std::chrono::nanoseconds timeout) {
  return implementation_->receive(bytes, deadline_after(timeout));
}

std::optional<Exit> Child::wait(std::chrono::nanoseconds timeout) {
  return implementation_->wait(deadline_after(timeout));
}

Exit Child::kill_tree() { return implementation_->kill_tree(); }

bool Child::pause(std::chrono::nanoseconds timeout) {
  return implementation_->pause(deadline_after(timeout));
}

void Child::resume() { implementation_->resume(); }

std::int64_t Child::cpu_ns() { return implementation_->cpu_ns(); }

void Child::expect_descendants() { implementation_->expect_descendants(); }

std::string Child::log_tail() const { return implementation_->log_tail(); }

const std::string& Child::captured_output() const { return implementation_->captured_output(); }

Finished run(const SpawnRequest& request, std::chrono::nanoseconds timeout) {
  Child child(request);
  const std::optional<Exit> ended = child.wait(timeout);
  Finished finished;
  finished.timed_out = !ended;
  finished.exit = ended ? *ended : child.kill_tree();
  finished.output = child.captured_output();
  finished.log = child.log_tail();
  return finished;
}

}  // namespace inferometer::process
