// How a worker is started: made out of what its program says of itself and of the lock.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "packages/installed.h"
#include "results/capabilities.h"

namespace inferometer::engines {

struct Launch {
  std::vector<std::string> argv;  ///< the program and its arguments
  /// Added to what every child inherits (process/environment.h).
  std::map<std::string, std::string> environment;
  std::string library;  ///< absolute path of the engine's library, as in argv; empty where none is needed
  std::string version;  ///< of the package; empty for engines without one
};

/// Of a worker of `engine` at `version` (empty: newest installed). Throws base::UserError with the line that
/// installs what is missing.
Launch launch(const results::Capabilities& engine, const std::string& version,
              const packages::Installed& store);

/// A worker program of ours with a library; empty for none.
Launch program_with_library(const std::string& program, const std::string& library);

}  // namespace inferometer::engines
