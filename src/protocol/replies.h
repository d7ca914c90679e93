// What a worker says to the coordinator. schema/protocol.md is the same in prose.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "results/capabilities.h"
#include "results/device.h"

namespace inferometer::protocol {

using results::Description;
using results::Device;
using Option = results::EngineOption;
constexpr const char* kVersion = results::kProtocolVersion;

struct HelloReply {
  std::string protocol = kVersion;
  std::string engine;
  std::string engine_version;  ///< as the loaded library says
  std::string library_path;
  std::string library_sha256;      ///< empty unless asked for
  std::vector<Device> devices;     ///< that are there
  std::string shapes = "dynamic";  ///< "static", "dynamic", "recompiles"
  std::string idle = "stop";       ///< "stop", "prove", "alone": what happens to it while others run
  std::string clock = "CLOCK_MONOTONIC";
  std::int64_t clock_step_ns = 1;  ///< smallest step seen
  std::int64_t process = 0;        ///< the worker's own process id
};

struct TensorDescription {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;  ///< -1 for a dynamic dimension
};

struct LoadedPart {
  std::string name;
  std::vector<TensorDescription> inputs;
  std::vector<TensorDescription> outputs;
};

struct LoadReply {
  std::int64_t load_ns = 0;
  std::int64_t compile_ns = 0;
  // What it really did, read back from the engine:
  std::string device;
  std::string precision;
  int threads = 0;
  std::map<std::string, std::string> options;
  std::map<std::string, std::int64_t> placement;
  std::vector<LoadedPart> parts;  ///< in the order of the request
};

struct SampleReply {
  std::int64_t received_ns = 0;            ///< when the request had arrived
  std::int64_t begin_ns = 0;               ///< start of the first timed sample
  std::vector<std::int64_t> offsets_ns;    ///< start of each sample after begin_ns
  std::vector<std::int64_t> durations_ns;  ///< of each sample (runs_per_sample runs)
  std::int64_t runs_per_sample = 1;
  std::int64_t discarded_runs = 0;
  std::int64_t discarded_ns = 0;
  std::int64_t first_run_ns =
      0;  ///< first run of this request; the mean of the first sample if none was discarded
  std::int64_t wall_ns = 0;       ///< of the timed loop
  std::int64_t cpu_ns = 0;        ///< of the process and its descendants, as the next
  std::int64_t run_delay_ns = 0;  ///< summed over all threads; -1 where the kernel does not count it
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
  std::int64_t recompilations = 0;
  std::int64_t peak_rss_bytes = 0;  ///< VmHWM, summed over the process and its descendants
  int cpu = -1;
};

struct GenerateReply : SampleReply {
  std::int64_t rows = 1;  ///< texts that are generated at once: the batch size
  /// When each token was there, since the start of its sample; `new_tokens` of each sample after each other.
  std::vector<std::int64_t> token_times_ns;
  std::vector<std::int64_t> tokens;  ///< ids: sample by sample, in each token by token, of each row by row
};

struct Done {};  ///< of bind, outputs, release, close

/// The request failed. The worker lives on.
struct Failed {
  std::string kind;  ///< "failed", "unsupported"
  std::string phase;
  std::string reason;
};

/// Announced before a phase starts, without id's reply being due: "load", "compile".
struct Phase {
  std::string phase;
};

struct Reply {
  std::int64_t id = 0;
  std::string nonce;
  std::variant<HelloReply, LoadReply, SampleReply, GenerateReply, Done, Failed, Phase> body;
};

}  // namespace inferometer::protocol
