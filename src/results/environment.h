// Machine and software facts stored with each experiment.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/device.h"

namespace inferometer::results {

struct Environment {
  std::string cpu_model;
  int cpus = 0;                        ///< in our affinity mask
  int threads_per_core = 1;            ///< as the kernel says
  std::vector<std::string> cpu_flags;  ///< those that matter to engines: avx2, avx512f, avx512_vnni, ...
  std::string microcode;               ///< empty where not visible
  std::string governor;                ///< empty where not visible
  std::string turbo;                   ///< "on", "off", empty
  std::string transparent_hugepages;
  std::int64_t memory_bytes = 0;
  std::int64_t memory_limit_bytes = 0;  ///< of the cgroup; 0 = none
  double cpu_limit = 0;                 ///< of the cgroup, in CPUs; 0 = none
  std::string kernel;
  std::string hypervisor;  ///< empty on bare metal
  std::string libc;
  std::string clock_source;
  bool autogroup = false;
  std::vector<Device>
      devices;  ///< that engines of this experiment named, the CPU included; older records: none
  std::string program_version;
  std::string compiler;
  std::map<std::string, std::string>
      variables;  ///< that workers were given and that change engines: CUDA_*, LD_LIBRARY_PATH, ...

  /// Same machine class and software: numbers may be put side by side, and an experiment may be resumed.
  bool same_class(const Environment& other) const;
};

}  // namespace inferometer::results
