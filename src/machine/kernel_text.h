// What the files of /proc and /sys say. Pure functions over their text: nothing here opens a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "machine/machine.h"

namespace inferometer::machine {

/// "0-3,8" as 0 1 2 3 8. Empty when the text is no such list.
std::vector<int> parse_cpu_list(std::string_view text);

/// Value of the line "KEY: value" or "KEY value" (/proc/self/status, /proc/meminfo); absent: nothing.
std::optional<std::string> field(std::string_view text, std::string_view key);

/// Bytes of a line of /proc/meminfo ("MemTotal: 24684 kB"); absent: 0.
std::int64_t memory_field_bytes(std::string_view meminfo, std::string_view key);

/// /proc/cpuinfo of x86 and of ARM.
struct ProcessorText {
  std::string model;
  std::string microcode;
  std::vector<std::string>
      flags;  ///< only those that matter to inference engines, in the order of the kernel
  bool under_hypervisor = false;
};
ProcessorText parse_cpuinfo(std::string_view text);

/// The lines "cpuN ..." of /proc/stat.
std::vector<CpuCounters::One> parse_stat(std::string_view text);

/// utime + stime of /proc/PID/stat in clock ticks. A program may be called "a) b (c": fields count from the
/// last parenthesis. Nothing when the text is cut.
std::optional<std::uint64_t> parse_process_ticks(std::string_view text);

/// Average number of runnable tasks over the last minute, from /proc/loadavg; 0 when unreadable.
double parse_load(std::string_view text);

/// The chosen word of "always [madvise] never"; the whole text where nothing is in brackets.
std::string chosen_word(std::string_view text);

/// cpu.max of cgroup v2: "150000 100000" is 1.5 CPUs; "max 100000" is no limit, 0.
double parse_cpu_max(std::string_view text);
/// cpu.cfs_quota_us and cpu.cfs_period_us of cgroup v1; a quota of -1 is no limit, 0.
double cpu_quota(std::string_view quota_us, std::string_view period_us);
/// memory.max (v2: "max") and memory.limit_in_bytes (v1: a number near 2^63) alike; no limit: 0.
std::int64_t parse_memory_limit(std::string_view text);

/// One hierarchy of control groups that we are in, and where it is mounted.
struct ControlGroup {
  std::string controllers;  ///< "cpu,cpuacct"; empty for version 2
  std::string mount_point;  ///< "/sys/fs/cgroup/memory"
  std::string path;         ///< ours below the mount point: "/a/b", "/" when it is the mount point itself
};
/// From /proc/self/cgroup and /proc/self/mountinfo.
std::vector<ControlGroup> parse_control_groups(std::string_view membership, std::string_view mountinfo);

}  // namespace inferometer::machine
