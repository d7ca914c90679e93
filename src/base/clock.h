// Time as the coordinator sees it, with a fake beside it so that tests need no time.
#pragma once

#include <cstdint>
#include <string>

namespace inferometer::base {

/// Nanoseconds of CLOCK_MONOTONIC, the clock that coordinator and workers of one machine share.
std::int64_t monotonic_ns();

/// CPU time of all threads of `process` since its start, in ns, those that have ended included; 0 when there
/// is no such process.
std::int64_t process_cpu_ns(int process);

/// The wall clock as records and logs keep it: "2026-11-30T17:22:05Z".
std::string utc_now();

/// What the scheduler of a measurement may ask of time.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ns() = 0;
  virtual void sleep_ns(std::int64_t duration_ns) = 0;
};

class SystemClock final : public Clock {
 public:
  std::int64_t now_ns() override { return monotonic_ns(); }
  void sleep_ns(std::int64_t duration_ns) override;
};

/// Moves only by `sleep_ns` and `advance`.
class FakeClock final : public Clock {
 public:
  std::int64_t now_ns() override { return now_ns_; }
  void sleep_ns(std::int64_t duration_ns) override { now_ns_ += duration_ns; }
  void advance(std::int64_t duration_ns) { now_ns_ += duration_ns; }

 private:
  std::int64_t now_ns_ = 0;
};

}  // namespace inferometer::base
