#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "machine/environment.h"
#include "machine/kernel_text.h"
#include "machine/machine.h"

namespace inferometer::machine {
namespace {

void look_at_neighbours(const CpuUse& now, const Pressure& pressure, std::vector<Disturbance>& found) {
  const auto cpus = static_cast<double>(now.cpus.size());
  if (now.busy_cpus() > 0.05 * cpus) {
    found.push_back({fmt::format("other programs use {:.1f} of {} CPUs", now.busy_cpus(), now.cpus.size()),
                     "stop them; `top` names them"});
  } else if (pressure.load > 0.5 * cpus) {
    found.push_back({fmt::format("the CPUs were busy in the last minute (load {:.1f})", pressure.load),
                     "wait a minute, and look whether it comes back"});
  }
  if (now.steal() > 0.01) {
    found.push_back({fmt::format("the host takes {:.0f} % of the CPU time away (steal)", 100 * now.steal()),
                     "measure at another hour, or on a machine with CPUs of its own"});
  }
}

void look_at_frequency(const results::Environment& environment, std::vector<Disturbance>& found) {
  if (!environment.governor.empty() && environment.governor != "performance") {
    found.push_back({"the CPU frequency governor is '" + environment.governor + "'",
                     "sudo cpupower frequency-set --governor performance"});
  }
  if (environment.turbo == "on") {
    found.push_back({"turbo is on: the frequency follows heat and the number of busy cores",
                     "write 1 to /sys/devices/system/cpu/intel_pstate/no_turbo (Intel), or 0 to "
                     "/sys/devices/system/cpu/cpufreq/boost"});
  }
}

void look_at_isolation(const results::Environment& environment, std::vector<Disturbance>& found) {
  if (environment.cpu_limit > 0 && environment.cpu_limit < environment.cpus) {
    found.push_back(
        {fmt::format("the control group may use {:.2g} of {} CPUs and is stopped when that is spent",
                     environment.cpu_limit, environment.cpus),
         "raise the limit of the container, or ask for fewer --threads than the limit"});
  }
  if (!environment.hypervisor.empty()) {
    found.push_back({"this is a virtual machine (" + environment.hypervisor +
                         "): its neighbours on the host share caches and memory, unseen from here",
                     "believe comparisons, which are taken side by side, more than single times"});
  }
  if (environment.autogroup) {
    found.push_back(
        {"autogroup scheduling is on: a busy program of another terminal takes a full share of a CPU, "
         "whatever its nice value",
         "sudo sysctl kernel.sched_autogroup_enabled=0, or keep other terminals idle"});
  }
}

void look_at_memory(const results::Environment& environment, const Pressure& pressure,
                    std::vector<Disturbance>& found) {
  const auto memory = static_cast<double>(environment.memory_bytes);
  if (static_cast<double>(pressure.swap_used_bytes) > 0.01 * memory) {
    found.push_back(
        {base::format_bytes(static_cast<double>(pressure.swap_used_bytes)) + " of swap are in use",
         "close large programs, then sudo swapoff -a && sudo swapon -a"});
  }
  if (static_cast<double>(pressure.memory_available_bytes) < 0.1 * memory) {
    found.push_back({fmt::format("only {} of {} of memory are free",
                                 base::format_bytes(static_cast<double>(pressure.memory_available_bytes)),
                                 base::format_bytes(memory)),
                     "close large programs: pages that are taken away and read back look like slow runs"});
  }
}

}  // namespace

Pressure read_pressure(const std::filesystem::path& root) {
  const auto memory = kernel_file(root / "proc/meminfo");
  auto available_bytes = memory_field_bytes(memory, "MemAvailable");
  if (const auto limit_bytes = read_resource_limits(root).memory_bytes; limit_bytes > 0)
    available_bytes = std::min(available_bytes, limit_bytes);
  return {parse_load(kernel_file(root / "proc/loadavg")), available_bytes,
          memory_field_bytes(memory, "SwapTotal") - memory_field_bytes(memory, "SwapFree")};
}

std::vector<Disturbance> find_disturbances(const results::Environment& environment, const CpuUse& now,
                                           const Pressure& pressure) {
  std::vector<Disturbance> found;
  look_at_neighbours(now, pressure, found);
  look_at_frequency(environment, found);
  look_at_isolation(environment, found);
  look_at_memory(environment, pressure, found);
  return found;
}

std::vector<Disturbance> find_disturbances(const results::Environment& environment, const CpuUse& now) {
  return find_disturbances(environment, now, read_pressure());
}

}  // namespace inferometer::machine
