// Which workers exist and what each can do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "packages/packages.h"
#include "results/capabilities.h"

namespace inferometer::engines {

/// Asks every program libexec/inferometer-worker-* for its `--describe` and joins it with what is installed.
/// A worker that does not answer within 5 s or answers nonsense is left out and named in `problems`.
struct Discovery {
  std::vector<results::Capabilities> engines;  ///< by name
  std::vector<std::string> problems;
};
Discovery discover(const std::filesystem::path& libexec, const packages::Store& store);

/// How to start a worker of `engine` at `version` (empty: newest installed).
struct Launch {
  std::string program;
  std::string library;  ///< absolute path; empty where none is needed
  std::string version;
};
/// Throws base::UserError with the line that installs what is missing.
Launch launch(const results::Capabilities& engine, const std::string& version, const packages::Store& store);

}  // namespace inferometer::engines
