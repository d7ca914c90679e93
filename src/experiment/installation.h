// What there is on this machine to run experiments with.
#pragma once

#include <string>

#include "builder_client/builder.h"
#include "engines/engines.h"
#include "packages/installed.h"

namespace inferometer::experiment {

struct Installation {
  /// Opens the packages and asks every worker program what it can do.
  Installation();
  /// Throws base::UserError when its worker program is missing.
  const results::Capabilities& engine(const std::string& name) const;

  packages::Installed packages;
  engines::Discovery discovery;
  builder_client::Builder builder;
};

}  // namespace inferometer::experiment
