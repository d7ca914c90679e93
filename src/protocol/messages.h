// What coordinator and worker say to each other. schema/protocol.md is the same in prose.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "protocol/description.h"

namespace inferometer::protocol {

/// A longer line is an error before it is kept in memory.
constexpr std::size_t kMaxLineBytes = 16u << 20;
/// Of one request: so many times of 19 digits, twice, still fit into one line.
constexpr std::int64_t kMaxSamples = 400'000;
constexpr int kCommandDescriptor = 3;  ///< the worker reads requests here
constexpr int kReplyDescriptor = 4;    ///< and writes replies here

// ---- requests -------------------------------------------------------------------------------------------

struct Hello {
  bool digest = false;  ///< also hash the engine's library (once per experiment is enough)
};

struct Prepare {
  std::string file;    ///< absolute path of the artefact
  std::string format;  ///< "onnx", "null"
  std::string device = "cpu";
  std::string precision = "float32";
  int threads = 1;
  std::map<std::string, std::string> options;
  std::map<std::string, std::vector<std::int64_t>> shapes;  ///< of the inputs of the workload
};

/// Registers input set `set` from a safetensors file. Before timing; sets stay until `release`.
struct Bind {
  int set = 0;
  std::string file;
};

/// Runs and times. First discards at least `discard_runs` runs and `discard_ns`, then goes on discarding
/// until `discard_enough_runs` runs or `discard_enough_ns` are reached, whichever comes first; then times.
struct Sample {
  std::vector<int> sets;  ///< rotated through in this order, one after each sample
  std::int64_t discard_runs = 0;
  std::int64_t discard_ns = 0;
  std::int64_t discard_enough_runs = 0;
  std::int64_t discard_enough_ns = 0;
  std::int64_t samples = 1;      ///< exactly so many timed samples ...
  std::int64_t duration_ns = 0;  ///< ... or, if > 0, until this time has passed and at most `samples`
  std::int64_t runs_per_sample = 1;
};

/// Runs once, untimed, on input set `set` and writes all outputs as a safetensors file.
struct Outputs {
  int set = 0;
  std::string file;
};

struct Release {};  ///< frees model and sets
struct Close {};    ///< the worker answers and exits with 0

struct Request {
  std::int64_t id = 0;
  std::string nonce;  ///< echoed by the reply; a reply with another nonce is not ours
  std::variant<Hello, Prepare, Bind, Sample, Outputs, Release, Close> body;
};

// ---- replies --------------------------------------------------------------------------------------------

struct HelloReply {
  std::string protocol = kVersion;
  std::string engine;
  std::string engine_version;  ///< as the loaded library says
  std::string library_path;
  std::string library_sha256;  ///< empty unless asked for
  std::vector<std::string> devices;
  std::string shapes = "dynamic";  ///< "static", "dynamic", "recompiles"
  bool pausable = true;
  std::string clock = "CLOCK_MONOTONIC";
  std::int64_t clock_step_ns = 1;  ///< smallest step seen
  std::int64_t process = 0;        ///< the worker's own process id
};

struct TensorDescription {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;  ///< -1 for a dynamic dimension
};

struct PrepareReply {
  std::int64_t load_ns = 0;
  std::int64_t compile_ns = 0;
  // What it really did, read back from the engine:
  std::string device;
  std::string precision;
  int threads = 0;
  std::map<std::string, std::string> options;
  std::map<std::string, std::int64_t> placement;
  std::vector<TensorDescription> inputs;
  std::vector<TensorDescription> outputs;
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
  std::int64_t wall_ns = 0;  ///< of the timed loop
  std::int64_t cpu_ns = 0;
  std::int64_t run_delay_ns = 0;  ///< summed over all threads; -1 where the kernel does not count it
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
  std::int64_t recompilations = 0;
  std::int64_t peak_rss_bytes = 0;  ///< VmHWM
  int cpu = -1;
};

struct Done {};  ///< of bind, outputs, release, close

/// The request could not be carried out. The worker lives on.
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
  std::variant<HelloReply, PrepareReply, SampleReply, Done, Failed, Phase> body;
};

}  // namespace inferometer::protocol
