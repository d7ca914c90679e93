// The rest of the machine as a test or a replay wants it.
#pragma once

#include <vector>

#include "measure/surroundings.h"

namespace inferometer::measure {

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
