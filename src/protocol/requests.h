// What the coordinator says to a worker. schema/protocol.md is the same in prose.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace inferometer::protocol {

/// Of one request: so many times of 19 digits, twice, still fit into one line.
constexpr std::int64_t kMaxSamples = 400'000;
/// The same for samples x new tokens x rows of one request to generate, whose reply has four lists.
constexpr std::int64_t kMaxTokens = 100'000;

struct Hello {
  bool digest = false;  ///< also hash the engine's library (once per experiment is enough)
};

/// One graph of the artefact.
struct LoadPart {
  std::string name;                                         ///< "model" where there is one only
  std::string file;                                         ///< absolute path
  std::map<std::string, std::vector<std::int64_t>> shapes;  ///< of the inputs that will be bound, by name
};

struct Load {
  std::vector<LoadPart> parts;
  std::string format;  ///< "onnx", "null"
  std::string device = "cpu";
  std::string precision = "float32";
  int threads = 1;
  std::map<std::string, std::string> options;
};

/// Registers input set `set` of a part from a safetensors file. Before timing; sets stay until `release`.
struct Bind {
  std::string part;
  int set = 0;
  std::string file;
};

/// Runs and times. First discards at least `discard_runs` runs and `discard_ns`, then goes on discarding
/// until `discard_enough_runs` runs or `discard_enough_ns` are reached, whichever comes first; then times.
struct Sample {
  std::string part;       ///< that is run
  std::vector<int> sets;  ///< of that part; rotated through in this order, one after each sample
  std::int64_t discard_runs = 0;
  std::int64_t discard_ns = 0;
  std::int64_t discard_enough_runs = 0;
  std::int64_t discard_enough_ns = 0;
  std::int64_t samples = 1;      ///< exactly so many timed samples ...
  std::int64_t duration_ns = 0;  ///< ... or, if > 0, until this time has passed and at most `samples`
  std::int64_t runs_per_sample = 1;
};

/// Generates texts and times them, with the rules of `Sample`: one run is one text. Greedy: the likeliest
/// token each time, always so many, stop tokens ignored. `part` reads the prompt, which is the bound set.
struct Generate : Sample {
  std::int64_t new_tokens = 1;
};

/// Runs a part once, untimed, on input set `set` and writes all its outputs as a safetensors file.
struct Outputs {
  std::string part;
  int set = 0;
  std::string file;
};

struct Release {};  ///< frees model and sets
struct Close {};    ///< the worker answers and exits with 0

struct Request {
  std::int64_t id = 0;
  std::string nonce;  ///< echoed by the reply; a reply with another nonce is not ours
  std::variant<Hello, Load, Bind, Sample, Generate, Outputs, Release, Close> body;
};

}  // namespace inferometer::protocol
