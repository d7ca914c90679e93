// The processes that an engine has started: a browser's, say, or compilers.
#pragma once

#include <cstdint>
#include <vector>

namespace inferometer::worker {

/// Children of this process, theirs, and so on, that live now; at the price of one system call where there
/// are none. A process that left its parent (a daemon) is not among them.
std::vector<int> descendants();

/// Largest resident memory of a process so far (VmHWM); 0 when /proc does not tell.
std::int64_t process_peak_rss_bytes(int process);

}  // namespace inferometer::worker
