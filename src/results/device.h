// Where a candidate computes.
#pragma once

#include <cstdint>
#include <string>

namespace inferometer::results {

/// A processor or accelerator as an engine names it. A worker lists the ones it sees in its hello reply.
struct Device {
  std::string id = "cpu";         ///< what a configuration names: "cpu", "cuda:0", "webgpu"
  std::string kind = "cpu";       ///< "cpu", "cuda", "rocm", "mps", "npu", "tpu", "webgpu", "webnn", ...
  std::string name;               ///< as its driver says: "NVIDIA H200"; empty where nothing tells
  std::int64_t memory_bytes = 0;  ///< of its own; 0: it uses the memory of the machine, or nothing tells
  std::string driver;             ///< version; empty where there is none
  bool operator==(const Device&) const = default;
};

/// The memory that models on it take is not the machine's.
inline bool has_own_memory(const Device& device) { return device.memory_bytes > 0; }

}  // namespace inferometer::results
