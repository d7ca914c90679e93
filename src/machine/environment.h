// The parts of read_environment() that a test wants alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace inferometer::machine {

/// Text of a file of /proc or /sys (they have no size, so base::read_file reads nothing); empty when it is
/// not there or not ours to read.
std::string kernel_file(const std::filesystem::path& file);

/// What the control groups leave us, the tightest of our group and all above it. 0: no limit.
struct ResourceLimits {
  double cpus = 0;
  std::int64_t memory_bytes = 0;
};
/// `root` is "/" but in tests.
ResourceLimits read_resource_limits(const std::filesystem::path& root);

/// "KVM" for "KVMKVMKVM", the text that CPUID leaf 0x40000000 gives; an unknown one as it is.
std::string hypervisor_name(const std::string& signature);

}  // namespace inferometer::machine
