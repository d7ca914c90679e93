// How a process ended.
#pragma once

#include <cstdint>
#include <string>

namespace inferometer::process {

struct Exit {
  bool signalled = false;
  int code = 0;                     ///< exit code, or signal number
  int left_behind = 0;              ///< descendants that had to be ended
  bool unkillable = false;          ///< still in the kernel 10 s after SIGKILL; left alone
  std::int64_t peak_rss_bytes = 0;  ///< at least our own size at the start of the child: it began as our copy
  std::string to_text() const;      ///< "exit code 3", "SIGSEGV (Segmentation fault)"
};

}  // namespace inferometer::process
