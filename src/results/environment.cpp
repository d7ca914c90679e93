#include "results/environment.h"

#include <algorithm>

namespace inferometer::results {

bool Environment::same_class(const Environment& other) const {
  // Each names those that its engines see: what counts is what both name.
  const bool same_devices = std::all_of(devices.begin(), devices.end(), [&](const Device& ours) {
    return std::all_of(other.devices.begin(), other.devices.end(),
                       [&](const Device& theirs) { return theirs.id != ours.id || theirs == ours; });
  });
  return same_devices && cpu_model == other.cpu_model && cpus == other.cpus && cpu_flags == other.cpu_flags &&
         memory_bytes == other.memory_bytes && kernel == other.kernel && libc == other.libc &&
         program_version == other.program_version;
}

}  // namespace inferometer::results
