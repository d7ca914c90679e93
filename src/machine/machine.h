// This machine: what it is, who else uses it, and the lock that lets one experiment measure at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "results/environment.h"

namespace inferometer::machine {

/// All facts of results::Environment that the machine tells; its device is the CPU. `variables` are for
/// whoever starts workers.
results::Environment read_environment();

/// CPUs in our affinity mask, ascending.
std::vector<int> allowed_cpus();

/// Counters of /proc/stat, in clock ticks, per CPU of the machine.
struct CpuCounters {
  struct One {
    int cpu = 0;
    std::uint64_t busy = 0;  ///< user + nice + system + irq + softirq
    std::uint64_t idle = 0;  ///< idle + iowait
    std::uint64_t steal = 0;
  };
  std::vector<One> cpus;
  std::int64_t taken_ns = 0;  ///< CLOCK_MONOTONIC
};
/// How much of each CPU (0..1) was busy, and what was stolen, between two readings.
struct CpuUse {
  struct One {
    int cpu = 0;
    double busy = 0;
    double steal = 0;
  };
  std::vector<One> cpus;
  double busy_cpus() const;  ///< sum over `cpus`
  double steal() const;      ///< mean over `cpus`
};
CpuCounters read_cpu_counters();
/// Only the CPUs in `cpus` are kept.
CpuUse cpu_use(const CpuCounters& before, const CpuCounters& after, const std::vector<int>& cpus);

/// What will disturb measurements here, for doctor and the trust grade: one sentence each with what to do.
struct Disturbance {
  std::string what;
  std::string advice;
};
std::vector<Disturbance> find_disturbances(const results::Environment& environment, const CpuUse& now);

/// What else weighs on the machine at this moment.
struct Pressure {
  double load = 0;                          ///< runnable tasks, mean over the last minute
  std::int64_t memory_available_bytes = 0;  ///< no more than the control group allows
  std::int64_t swap_used_bytes = 0;
};
/// `root` is "/" but in tests.
Pressure read_pressure(const std::filesystem::path& root = "/");
/// The same as a pure function.
std::vector<Disturbance> find_disturbances(const results::Environment& environment, const CpuUse& now,
                                           const Pressure& pressure);

/// Only one experiment measures on a machine at a time. Held for the life of the object.
/// flock on a file in a folder that all users of the machine share; the kernel frees it when we die.
class MeasurementLock {
 public:
  /// Waits up to `timeout`; `notify` is called once with "held by process 123 (user, since ...)" when it has
  /// to wait. Throws base::UserError naming the holder when the timeout is over, and when a signal ends the
  /// wait. Only a test gives another `file`: not even TMPDIR or INFEROMETER_HOME move it, for there is one
  /// lock to a machine.
  MeasurementLock(std::chrono::nanoseconds timeout, const std::function<void(const std::string&)>& notify,
                  const std::filesystem::path& file = "/tmp/inferometer-measurement.lock");
  ~MeasurementLock();
  MeasurementLock(const MeasurementLock&) = delete;
  MeasurementLock& operator=(const MeasurementLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace inferometer::machine
