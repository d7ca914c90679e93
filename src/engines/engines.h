// Which workers exist and what each can do.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "packages/installed.h"
#include "results/capabilities.h"

namespace inferometer::engines {

/// Asks every program libexec/inferometer-worker-* for its `--describe` and joins it with what is installed.
/// A worker that does not answer within 5 s or answers nonsense is left out and named in `problems`.
struct Discovery {
  std::vector<results::Capabilities> engines;  ///< by name
  std::vector<std::string> problems;
};
Discovery discover(const std::filesystem::path& libexec, const packages::Installed& store);

/// Which engine, with which options, produces the reference outputs for a format: the first of `engines`
/// whose description says so. `engine` points into `engines`. Throws base::UserError with the formats that
/// are known.
struct Reference {
  const results::Capabilities& engine;
  std::map<std::string, std::string> options;
};
Reference reference_for(const std::string& format, const std::vector<results::Capabilities>& engines);

}  // namespace inferometer::engines
