#include "base/clock.h"

#include <fmt/chrono.h>
#include <time.h>

#include <cerrno>
#include <ctime>

namespace inferometer::base {

std::int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

std::int64_t process_cpu_ns(int process) {
  clockid_t clock{};
  timespec used{};
  // 0 would be ourselves.
  if (process <= 0 || ::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
    return 0;
  return static_cast<std::int64_t>(used.tv_sec) * 1'000'000'000 + used.tv_nsec;
}

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

void SystemClock::sleep_ns(std::int64_t duration_ns) {
  timespec left{duration_ns / 1'000'000'000, duration_ns % 1'000'000'000};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace inferometer::base
