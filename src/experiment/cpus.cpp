#include "experiment/cpus.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "machine/machine.h"
#include "measure/surroundings.h"

namespace inferometer::experiment {
namespace {

constexpr auto kWatch = std::chrono::milliseconds(500);
/// Background work that the gate for several threads allows too.
constexpr double kTolerated = 0.1;

}  // namespace

void count_cpus(plan::Request& request) {
  measure::MachineSurroundings surroundings;
  request.cpus = static_cast<int>(surroundings.cpus().size());
  // Threads beyond the quota of the cgroup are throttled, and their times say nothing.
  if (const double quota = machine::read_environment().cpu_limit; quota > 0)
    request.cpus = std::clamp(static_cast<int>(std::floor(quota)), 1, request.cpus);
  const double others = surroundings.watch(kWatch).busy_cpus;
  const auto left = static_cast<int>(std::floor(request.cpus - others + kTolerated));
  request.free_cpus = std::clamp(left, 1, request.cpus);
}

}  // namespace inferometer::experiment
