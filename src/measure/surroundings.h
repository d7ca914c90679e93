// The rest of the machine: who else uses the CPUs while we measure.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "machine/machine.h"

namespace inferometer::measure {

/// Use of the CPUs by processes that are not ours.
struct OthersUse {
  std::vector<machine::CpuUse::One> cpus;  ///< of our affinity mask
  double busy_cpus = 0;                    ///< their sum, ours subtracted
  double steal = 0;
};

class Surroundings {
 public:
  virtual ~Surroundings() = default;
  virtual std::vector<int> cpus() = 0;
  /// Watches for `duration` while all of ours is stopped. Throws process::Interrupted.
  virtual OthersUse watch(std::chrono::nanoseconds duration) = 0;
  /// Starts and ends a span in which our workers used `own_cpu_ns` of CPU time.
  virtual void begin_span() = 0;
  virtual OthersUse end_span(std::int64_t own_cpu_ns) = 0;
};

class MachineSurroundings final : public Surroundings {
 public:
  std::vector<int> cpus() override;
  OthersUse watch(std::chrono::nanoseconds duration) override;
  void begin_span() override;
  OthersUse end_span(std::int64_t own_cpu_ns) override;

 private:
  machine::CpuCounters begin_;
  std::int64_t own_begin_ns_ = 0;
};

}  // namespace inferometer::measure
