// What the kernel counts about this process and its descendants, read around the timed loop and never inside
// it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/messages.h"

namespace inferometer::worker {

/// Time that threads of this process and its descendants were ready to run and had no CPU, from
/// /proc/PID/task/*/schedstat. (The CPU time in the same file moves only with the tick and is not used.)
/// Keeps one descriptor a thread.
class RunDelay {
 public:
  RunDelay() = default;
  ~RunDelay();
  RunDelay(const RunDelay&) = delete;
  RunDelay& operator=(const RunDelay&) = delete;

  /// Lists the threads again when their number has changed. Called early, it spares `begin` the opening.
  void refresh();
  void begin();
  /// Nanoseconds since `begin`, summed over the threads that live now; -1 where the kernel does not count
  /// them.
  std::int64_t end();

 private:
  struct Thread {
    int id = 0;
    int descriptor = -1;
    std::int64_t delay_at_begin_ns = 0;  ///< 0 for a thread born since: all its delay is new
    std::int64_t delay_ns = 0;           ///< as last read; -1 when it could not be
  };
  void read();
  bool read_listed();
  void list_threads();
  void list_threads_of(const std::string& tasks, const std::vector<Thread>& before);

  std::vector<std::string> folders_;  ///< of tasks, one a process
  std::vector<Thread> threads_;
  std::int64_t listed_count_ = 0;
};

/// Adds CPU time (descendants included), faults and switches of the time between construction and `finish` to
/// a reply.
class Usage {
 public:
  Usage();
  void finish(protocol::SampleReply& reply) const;

 private:
  protocol::SampleReply begin_;
};

/// Largest resident memory so far (VmHWM), summed over this process and its descendants.
std::int64_t peak_rss_bytes();

/// Threads of this process that live now.
std::int64_t thread_count();

/// Smallest nonzero difference between 1,000 readings of a clock that follow each other.
std::int64_t clock_step_ns(std::int64_t (*now)());

}  // namespace inferometer::worker
