// Child processes: spawned by argument vector, watched with deadlines, ended with all their descendants.
// Passive: nothing happens but in these calls. Spawn from one thread that lives as long as the program
// (the death signal is tied to it).
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "process/exit.h"

namespace inferometer::process {

struct SpawnRequest {
  std::vector<std::string> arguments;              ///< [0]: a path, or a name to find in PATH; never a shell
  std::map<std::string, std::string> environment;  ///< added to the inherited ones (environment.h)
  bool keep_environment = false;                   ///< for package clients: the whole environment of ours
  std::string working_folder;                      ///< empty: ours
  std::vector<int> cpus;                           ///< affinity, set before exec; empty: inherited
  bool channel = false;                            ///< commands on descriptor 3, replies on 4
  std::string standard_input;                      ///< fed to stdin, then closed
  std::size_t log_limit_bytes = 64 * 1024;  ///< stdout and stderr, each: the last so many bytes are kept
  bool capture_standard_output = false;     ///< keep stdout whole (up to capture_limit_bytes), apart
  std::size_t capture_limit_bytes = 64u << 20;
  /// Gets stdout piece by piece as it comes, of any length, instead of the log; must not throw.
  std::function<void(std::string_view)> standard_output_to;
  std::uint64_t data_limit_bytes = 0;  ///< RLIMIT_DATA; 0: none
  /// Gets each line of stderr that begins with "progress: ", without that and printable, as it comes; it is
  /// not logged then. Must not throw. Empty: every line is logged.
  std::function<void(const std::string&)> notify;
};

class Child {
 public:
  /// New session, death signal, raised oom score, limits, affinity, descriptors, then exec.
  /// Throws base::UserError when the program cannot be started.
  explicit Child(const SpawnRequest& request);
  ~Child();  ///< ends the tree and reaps
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int pid() const;

  /// Channel: writes a line (adds '\n'). False when the child no longer reads.
  bool send(std::string_view line, std::chrono::nanoseconds timeout);
  enum class Received { Bytes, End, Timeout };
  /// Channel: appends what there is to `bytes`, blocking at most `timeout`. stdout and stderr are drained
  /// meanwhile. Never polls in a loop without blocking. Throws Interrupted.
  Received receive(std::string& bytes, std::chrono::nanoseconds timeout);

  /// Waits for the end, draining stdout and stderr; nothing when `timeout` passed first.
  std::optional<Exit> wait(std::chrono::nanoseconds timeout);
  /// SIGKILL to the session and to every descendant wherever it went, reaped. Idempotent.
  Exit kill_tree();

  /// SIGSTOP to the tree, confirmed for every thread; false when it could not be confirmed within `timeout`.
  bool pause(std::chrono::nanoseconds timeout);
  void resume();
  /// The child may have started processes since: the next `pause` looks for them again.
  void expect_descendants();

  /// CPU time of the child and all its descendants since their start, in ns; of descendants that have ended,
  /// what their parents have waited for (to a tick of the kernel). Never less than an earlier call said.
  std::int64_t cpu_ns();

  /// stdout and stderr as they came, the last log_limit_bytes, with a note of how many bytes were dropped.
  std::string log_tail() const;
  const std::string& captured_output() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Spawns, waits, and returns exit, captured stdout and log in one go. On timeout the tree is ended; on an
/// interruption too, then Interrupted is thrown.
struct Finished {
  Exit exit;
  bool timed_out = false;
  std::string output;
  std::string log;
};
Finished run(const SpawnRequest& request, std::chrono::nanoseconds timeout);

/// In a child: its parent's `notify` gets the sentence, one line.
void notify_parent(const std::string& sentence);

/// SIGINT, SIGTERM or SIGHUP has come: thrown by every call that would block (send, receive, wait, run) from
/// then on, so that none is lost between two calls. Caught once, by the running experiment; kill_tree still
/// works.
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
};

/// Makes us the reaper of orphaned descendants and installs handlers of SIGINT, SIGTERM and SIGHUP. Once, in
/// main.
void set_up_supervision();
/// 0, or the number of those signals received so far.
int interruptions();
/// A descriptor that becomes readable on an interruption, for poll.
int interruption_descriptor();

}  // namespace inferometer::process
