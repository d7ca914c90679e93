// The rest of the machine, with a fake beside it: who else uses the CPUs while we measure.
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

/// A machine on which others use as many CPUs as the test says; `watch` lets no time pass.
class FakeSurroundings final : public Surroundings {
 public:
  explicit FakeSurroundings(int cpus) : count_(cpus) {}
  std::vector<int> cpus() override;
  OthersUse watch(std::chrono::nanoseconds duration) override;
  void begin_span() override {}
  OthersUse end_span(std::int64_t own) override;
  std::vector<double> busy;                ///< per CPU; missing ones are idle
  std::int64_t watched_ns = 0;             ///< how long `watch` was asked for in all
  std::int64_t quiet_after_ns = -1;        ///< >= 0: idle once so much was watched
  double busy_in_spans = 0;                ///< CPUs used beside `busy` while our workers ran
  std::int64_t own_cpu_ns = -1;            ///< as the last `end_span` was given
  std::int64_t interrupted_after_ns = -1;  ///< >= 0: the user gives up once so much was watched

 private:
  OthersUse use() const;
  int count_;
};

}  // namespace inferometer::measure
