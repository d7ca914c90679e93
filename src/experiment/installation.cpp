#include "experiment/installation.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"

namespace inferometer::experiment {

Installation::Installation()
    : packages(packages::Installed::open()),
      discovery(engines::discover(base::libexec_folder(), packages)),
      builder(base::libexec_folder() / "inferometer-builder", base::cache_folder() / "artefacts") {}

const results::Capabilities& Installation::engine(const std::string& name) const {
  for (const auto& engine : discovery.engines) {
    if (engine.engine == name) return engine;
  }
  throw base::UserError(
      fmt::format("the worker of engine '{}' is missing from {}: build or install the project again", name,
                  base::libexec_folder().string()));
}

}  // namespace inferometer::experiment
