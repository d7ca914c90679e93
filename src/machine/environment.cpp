#include "machine/environment.h"

#include <sys/utsname.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/text.h"
#include "machine/kernel_text.h"
#include "machine/machine.h"

namespace inferometer::machine {
namespace {

namespace fs = std::filesystem;

const fs::path kCpuFolder = "/sys/devices/system/cpu";

/// The first line of a file of /sys.
std::string kernel_line(const fs::path& file) { return base::split(kernel_file(file), '\n').front(); }

template <typename Number>
void tighten(Number& limit, Number found) {
  if (found > 0 && (limit == 0 || found < limit)) limit = found;
}

void tighten(ResourceLimits& limits, const fs::path& group) {
  tighten(limits.cpus, parse_cpu_max(kernel_file(group / "cpu.max")));
  tighten(limits.cpus,
          cpu_quota(kernel_file(group / "cpu.cfs_quota_us"), kernel_file(group / "cpu.cfs_period_us")));
  tighten(limits.memory_bytes, parse_memory_limit(kernel_file(group / "memory.max")));
  tighten(limits.memory_bytes, parse_memory_limit(kernel_file(group / "memory.limit_in_bytes")));
}

/// Governors of our CPUs, joined when they differ.
std::string read_governor(const std::vector<int>& cpus) {
  std::set<std::string> governors;
  for (const int cpu : cpus) {
    governors.insert(kernel_line(kCpuFolder / ("cpu" + std::to_string(cpu)) / "cpufreq/scaling_governor"));
  }
  governors.erase("");
  return base::join(std::vector<std::string>(governors.begin(), governors.end()), ", ");
}

std::string read_turbo() {
  if (const auto no_turbo = kernel_line(kCpuFolder / "intel_pstate/no_turbo"); !no_turbo.empty()) {
    return no_turbo == "0" ? "on" : "off";
  }
  const auto boost = kernel_line(kCpuFolder / "cpufreq/boost");
  return boost.empty() ? "" : boost == "0" ? "off" : "on";
}

std::string read_hypervisor(bool under_hypervisor) {
#if defined(__x86_64__)
  if (!under_hypervisor) return {};
  unsigned leaf = 0;
  std::array<char, 13> signature{};
  __cpuid(0x40000000, leaf, reinterpret_cast<unsigned&>(signature[0]),
          reinterpret_cast<unsigned&>(signature[4]), reinterpret_cast<unsigned&>(signature[8]));
  return signature[0] == '\0' ? "unknown" : hypervisor_name(signature.data());
#else
  const auto type = kernel_line("/sys/hypervisor/type");
  if (!type.empty()) return type;
  return under_hypervisor ? "unknown" : "";
#endif
}

std::string libc_version() {
  std::array<char, 64> text{};
  return ::confstr(_CS_GNU_LIBC_VERSION, text.data(), text.size()) > 0 ? text.data() : "";
}

std::string compiler_version() {
#if defined(__clang__)
  return __VERSION__;
#else
  return std::string("gcc ") + __VERSION__;
#endif
}

}  // namespace

std::string kernel_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

ResourceLimits read_resource_limits(const fs::path& root) {
  ResourceLimits limits;
  const auto groups =
      parse_control_groups(kernel_file(root / "proc/self/cgroup"), kernel_file(root / "proc/self/mountinfo"));
  for (const auto& group : groups) {
    const fs::path top = root / fs::path(group.mount_point).relative_path();
    fs::path folder = fs::path(group.path).relative_path();
    while (!folder.empty()) {
      tighten(limits, top / folder);
      folder = folder.parent_path();
    }
    tighten(limits, top);
  }
  return limits;
}

std::string hypervisor_name(const std::string& signature) {
  static const std::map<std::string, std::string> kNames = {
      {"KVMKVMKVM", "KVM"},          {"VMwareVMware", "VMware"}, {"Microsoft Hv", "Hyper-V"},
      {"XenVMMXenVMM", "Xen"},       {"TCGTCGTCGTCG", "QEMU"},   {"bhyve bhyve ", "bhyve"},
      {"VBoxVBoxVBox", "VirtualBox"}};
  const auto known = kNames.find(signature);
  return known != kNames.end() ? known->second : base::printable(signature);
}

results::Environment read_environment() {
  results::Environment environment;
  const auto cpus = allowed_cpus();
  const auto processor = parse_cpuinfo(kernel_file("/proc/cpuinfo"));
  environment.cpu_model = processor.model;
  environment.devices = {{.id = "cpu", .kind = "cpu", .name = processor.model}};
  environment.cpus = static_cast<int>(cpus.size());
  const auto siblings = parse_cpu_list(
      kernel_file(kCpuFolder / ("cpu" + std::to_string(cpus.front())) / "topology/thread_siblings_list"));
  environment.threads_per_core = std::max(1, static_cast<int>(siblings.size()));
  environment.cpu_flags = processor.flags;
  environment.microcode = processor.microcode;
  environment.governor = read_governor(cpus);
  environment.turbo = read_turbo();
  environment.transparent_hugepages = chosen_word(kernel_file("/sys/kernel/mm/transparent_hugepage/enabled"));
  environment.memory_bytes = memory_field_bytes(kernel_file("/proc/meminfo"), "MemTotal");
  const auto limits = read_resource_limits("/");
  environment.memory_limit_bytes = limits.memory_bytes;
  environment.cpu_limit = limits.cpus;
  utsname system{};
  ::uname(&system);
  environment.kernel = std::string(system.sysname) + " " + system.release + " " + system.machine;
  environment.hypervisor = read_hypervisor(processor.under_hypervisor);
  environment.libc = libc_version();
  environment.clock_source = kernel_line("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  environment.autogroup = kernel_line("/proc/sys/kernel/sched_autogroup_enabled") == "1";
  environment.program_version = INFEROMETER_VERSION;
  environment.compiler = compiler_version();
  return environment;
}

}  // namespace inferometer::machine
