// What an engine's worker can do: a value, so that planning needs no engine.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/device.h"

namespace inferometer::results {

/// "major.minor" of schema/protocol.md. The major numbers of both sides must agree; minor versions only add
/// fields.
constexpr const char* kProtocolVersion = "2.0";

struct EngineOption {
  std::string name;
  std::string type;  ///< "boolean" (0, 1), "integer", "choice"
  std::string default_value;
  std::vector<std::string> values;  ///< for choice: what is allowed
  std::int64_t minimum = 0;         ///< for integer
  std::int64_t maximum = 0;
  std::string help;
};

/// What a worker program can do, as `--describe` prints it: no engine is loaded for it.
struct Description {
  std::string protocol = kProtocolVersion;
  std::string engine;
  std::string summary;
  std::string package;  ///< name in packages/; empty: needs none
  std::string library;  ///< path inside the package of the library that is opened; "*" is a version
  std::vector<std::string> formats;
  std::vector<Device> devices = {Device{}};  ///< as far as seen without the engine; the first is the default
  std::vector<std::string> precisions = {"float32"};  ///< of the computation; the first is the default
  std::vector<std::string> scenarios = {"forward"};   ///< "forward", "generate"
  std::vector<EngineOption> options;
  /// Formats whose reference outputs it produces, each with the engine options for that.
  std::map<std::string, std::map<std::string, std::string>> reference_for;
  bool multi_threaded = true;
  bool hidden = false;  ///< reference and test engines: only on request
};

/// A description and where it comes from.
struct Capabilities : Description {
  std::string program;                          ///< path of the worker
  std::vector<std::string> installed_versions;  ///< newest first; {""} for engines without a package
};

}  // namespace inferometer::results
