#include "process/spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "process/environment.h"
#include "process/tree.h"

namespace inferometer::process {
namespace {

// A worker dies before the coordinator does when memory runs out.
constexpr int kOomScoreAbove = 500;
constexpr int kMaxOomScore = 1000;
// Only a file system that hangs takes so long to begin a program.
constexpr int kExecTimeoutMs = 30'000;

/// All that the child needs between fork and exec, made before: there it may not allocate.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::string program;
  std::string working_folder;
  std::vector<unsigned long> cpu_mask;
  std::string oom_score;
  rlim_t data_limit = RLIM_INFINITY;
  pid_t parent = 0;
  std::array<int, 5> descriptors = {-1, -1, -1, -1, -1};  ///< what the child shall find at 0 ... 4
  int report = -1;                                        ///< takes a Failure, when exec does not come
};

enum class Step : int { Bind, EnterFolder, Execute };
struct Failure {
  Step step;
  int error;
};

Variables all_variables() {
  Variables variables;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const auto equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    variables[std::string(variable.substr(0, equals))] = variable.substr(equals + 1);
  }
  return variables;
}

std::vector<std::string> environment_of(const SpawnRequest& request, const std::string& mark) {
  Variables variables = request.keep_environment ? all_variables() : inherited_variables();
  for (const auto& [name, value] : request.environment) variables[name] = value;
  variables[kMarkVariable] = mark;
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Absolute, since the child may enter another folder; a bare name is looked up in PATH.
std::string program_path(const std::string& program) {
  namespace fs = std::filesystem;
  if (program.find('/') != std::string::npos) return fs::absolute(program).string();
  const char* search_path = std::getenv("PATH");
  for (const std::string& folder : base::split(search_path != nullptr ? search_path : "", ':')) {
    const fs::path candidate = fs::path(folder) / program;
    if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate)) {
      return candidate.string();
    }
  }
  throw base::UserError(program + ": no such program in any folder of PATH");
}

std::vector<unsigned long> cpu_mask_of(const std::vector<int>& cpus) {
  constexpr int kBits = 8 * static_cast<int>(sizeof(unsigned long));
  std::vector<unsigned long> mask;
  for (const int cpu : cpus) {
    INFEROMETER_CHECK(cpu >= 0, "a CPU number below 0");
    const auto word = static_cast<std::size_t>(cpu / kBits);
    if (mask.size() <= word) mask.resize(word + 1, 0);
    mask[word] |= 1UL << (cpu % kBits);
  }
  return mask;
}

std::string oom_score() {
  int ours = 0;
  if (const Descriptor file(::open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC)); file.open()) {
    char text[16] = {};
    if (::read(file.get(), text, sizeof text - 1) > 0) ours = std::atoi(text);
  }
  return std::to_string(std::min(ours + kOomScoreAbove, kMaxOomScore));
}

// ---- from here to exec: only what is safe after fork --------------------------------------------

[[noreturn]] void give_up(const Launch& launch, Step step) {
  const Failure failure{step, errno};
  [[maybe_unused]] const ssize_t written = ::write(launch.report, &failure, sizeof failure);
  ::_exit(127);
}

void leave_our_group(const Launch& launch) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // We may have died before the line above.
  if (::getppid() != launch.parent) ::_exit(127);
  // A program that changes its user by set-uid would lose the death signal.
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

void limit_resources(const Launch& launch) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (launch.data_limit != RLIM_INFINITY) {
    const rlimit data{launch.data_limit, launch.data_limit};
    ::setrlimit(RLIMIT_DATA, &data);
  }
  if (const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); file >= 0) {
    [[maybe_unused]] const ssize_t written = ::write(file, launch.oom_score.data(), launch.oom_score.size());
  }
}

void restore_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void place_descriptors(const Launch& launch) {
  // All sources are numbered 10 or more, so that no target is a source still needed.
  for (int target = 0; target < static_cast<int>(launch.descriptors.size()); ++target) {
    const int source = launch.descriptors[static_cast<std::size_t>(target)];
    if (source >= 0) ::dup2(source, target);
  }
  const unsigned first_closed = launch.descriptors[3] >= 0 ? 5 : 3;
  ::close_range(first_closed, ~0U, CLOSE_RANGE_CLOEXEC);
}

[[noreturn]] void become_program(const Launch& launch) {
  leave_our_group(launch);
  limit_resources(launch);
  if (!launch.cpu_mask.empty() &&
      ::sched_setaffinity(0, launch.cpu_mask.size() * sizeof(unsigned long),
                          reinterpret_cast<const cpu_set_t*>(launch.cpu_mask.data())) != 0) {
    give_up(launch, Step::Bind);
  }
  if (!launch.working_folder.empty() && ::chdir(launch.working_folder.c_str()) != 0) {
    give_up(launch, Step::EnterFolder);
  }
  place_descriptors(launch);
  restore_signals();
  ::execve(launch.program.c_str(), launch.arguments.data(), launch.environment.data());
  give_up(launch, Step::Execute);
}

// ---- in the parent ------------------------------------------------------------------------------

/// Signals wait until the child has shed our dispositions: else it would count our interruptions.
pid_t fork_with_signals_blocked(const Launch& launch) {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become_program(launch);
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = fork_error;
  return pid;
}

std::string describe(const Failure& failure, const SpawnRequest& request) {
  const std::string reason = ": " + base::errno_text(failure.error);
  if (failure.step == Step::EnterFolder) return "its folder " + request.working_folder + reason;
  if (failure.step == Step::Execute) return "cannot be started" + reason;
  std::vector<std::string> cpus;
  for (const int cpu : request.cpus) cpus.push_back(std::to_string(cpu));
  return "cannot be bound to CPU " + base::join(cpus, ",") + reason;
}

/// The report closes by itself at exec. What it holds otherwise, or nothing when exec came.
void await_exec(const Descriptor& report, const SpawnRequest& request, pid_t pid) {
  Failure failure{Step::Execute, ETIMEDOUT};
  pollfd readable{report.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&readable, 1, kExecTimeoutMs);
  } while (ready < 0 && errno == EINTR);
  if (ready > 0 && ::read(report.get(), &failure, sizeof failure) == 0) return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  throw base::UserError(request.arguments[0] + ": " + describe(failure, request));
}

/// A descriptor that becomes readable at the end of `pid`.
Descriptor watch(pid_t pid, const std::string& program) {
  // By number: the header of glibc 2.36 declares pidfd_open for C alone. It is close-on-exec by nature.
  Descriptor exit(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (exit.open()) return exit;
  const std::string reason = base::errno_text(errno);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  throw base::UserError(program + ": cannot be watched: " + reason);
}

}  // namespace

Spawned spawn(const SpawnRequest& request, const std::string& mark) {
  INFEROMETER_CHECK(!request.arguments.empty(), "a program to spawn");
  const std::string& name = request.arguments[0];
  std::vector<std::string> arguments = request.arguments;
  std::vector<std::string> environment = environment_of(request, mark);
  Launch launch;
  launch.program = program_path(name);
  launch.arguments = pointers_to(arguments);
  launch.environment = pointers_to(environment);
  launch.working_folder = request.working_folder;
  launch.cpu_mask = cpu_mask_of(request.cpus);
  launch.oom_score = oom_score();
  if (request.data_limit_bytes > 0) launch.data_limit = request.data_limit_bytes;
  launch.parent = ::getpid();

  const Descriptor input =
      request.standard_input.empty() ? null_device(name) : memory_file(request.standard_input, name);
  Ends output = pipe_from_child(name);
  Ends error = pipe_from_child(name);
  Ends report = pipe_from_child(name);
  Ends commands = request.channel ? stream_to_child(name) : Ends{};
  Ends replies = request.channel ? pipe_from_child(name) : Ends{};
  launch.descriptors = {input.get(), output.write.get(), error.write.get(), commands.read.get(),
                        replies.write.get()};
  launch.report = report.write.get();

  Spawned spawned;
  spawned.pid = fork_with_signals_blocked(launch);
  if (spawned.pid < 0) throw base::UserError(name + ": cannot be started: " + base::errno_text(errno));
  report.write.close();
  ::fcntl(report.read.get(), F_SETFL, 0);
  await_exec(report.read, request, spawned.pid);
  spawned.exit = watch(spawned.pid, name);
  spawned.commands = std::move(commands.write);
  spawned.replies = std::move(replies.read);
  spawned.output = std::move(output.read);
  spawned.error = std::move(error.read);
  return spawned;
}

}  // namespace inferometer::process
