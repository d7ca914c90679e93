// What a worker program says of itself before anything else: no engine is loaded for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace inferometer::protocol {

/// "major.minor". The major numbers of both sides must agree; minor versions only add fields.
constexpr const char* kVersion = "1.0";

struct Option {
  std::string name;
  std::string type;  ///< "boolean" (0, 1), "integer", "choice"
  std::string default_value;
  std::vector<std::string> values;
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;
  std::string help;
};

/// What a worker program can do, without its engine: printed as one JSON line by `--describe`.
struct Description {
  std::string protocol = kVersion;
  std::string engine;
  std::string summary;
  std::string package;  ///< name in packages/; empty: none needed
  std::string library;  ///< path inside the package of the library that is opened; "*" is a version
  std::vector<std::string> formats;
  std::vector<std::string> devices;
  std::vector<std::string> precisions;  ///< first = default
  std::vector<Option> options;
  bool multi_threaded = true;
  bool hidden = false;  ///< not part of a comparison unless asked for
};

}  // namespace inferometer::protocol
