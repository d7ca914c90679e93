// What an engine's worker can do: a value, so that planning needs no engine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace inferometer::results {

struct EngineOption {
  std::string name;
  std::string type;  ///< "boolean", "integer", "choice"
  std::string default_value;
  std::vector<std::string> values;  ///< for choice: what is allowed
  std::int64_t minimum = 0;         ///< for integer
  std::int64_t maximum = 0;
  std::string help;
};

/// What `--describe` of a worker program says (no engine library is loaded for it), and what is installed.
struct Capabilities {
  std::string engine;
  std::string summary;
  std::string program;  ///< path of the worker
  std::string package;  ///< name in packages/; empty: needs none
  std::string library;  ///< member of the package that the worker opens; empty: none
  std::vector<std::string> formats;
  std::vector<std::string> devices;
  std::vector<std::string> precisions;  ///< of the computation; the first is the default
  std::vector<EngineOption> options;
  bool multi_threaded = true;
  bool hidden = false;                          ///< reference and test engines: only on request
  std::vector<std::string> installed_versions;  ///< newest first; {""} for engines without a package
};

}  // namespace inferometer::results
