#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "base/clock.h"
#include "base/error.h"
#include "machine/environment.h"
#include "machine/kernel_text.h"
#include "machine/machine.h"

namespace inferometer::machine {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

/// A counter of the kernel may step back by a tick (idle of a CPU that comes online again).
std::uint64_t growth(std::uint64_t before, std::uint64_t after) {
  return after > before ? after - before : 0;
}

}  // namespace

std::vector<int> allowed_cpus() {
  const auto list = field(kernel_file("/proc/self/status"), "Cpus_allowed_list");
  const auto cpus = parse_cpu_list(list.value_or(""));
  INFEROMETER_CHECK(!cpus.empty(), "Cpus_allowed_list of /proc/self/status: " + list.value_or("absent"));
  return cpus;
}

CpuCounters read_cpu_counters() { return {parse_stat(kernel_file("/proc/stat")), base::monotonic_ns()}; }

CpuUse cpu_use(const CpuCounters& before, const CpuCounters& after, const std::vector<int>& cpus) {
  CpuUse use;
  for (const auto& now : after.cpus) {
    const auto then = std::ranges::find(before.cpus, now.cpu, &CpuCounters::One::cpu);
    if (then == before.cpus.end() || std::ranges::find(cpus, now.cpu) == cpus.end()) continue;
    const auto busy = growth(then->busy, now.busy);
    const auto steal = growth(then->steal, now.steal);
    const auto all = busy + steal + growth(then->idle, now.idle);
    use.cpus.push_back({now.cpu, share(busy, all), share(steal, all)});
  }
  return use;
}

double CpuUse::busy_cpus() const {
  return std::accumulate(cpus.begin(), cpus.end(), 0.0,
                         [](double sum, const One& one) { return sum + one.busy; });
}

double CpuUse::steal() const {
  if (cpus.empty()) return 0;
  const double sum = std::accumulate(cpus.begin(), cpus.end(), 0.0,
                                     [](double part, const One& one) { return part + one.steal; });
  return sum / static_cast<double>(cpus.size());
}

}  // namespace inferometer::machine
