// Which worker programs there are, and which of them can be started.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engines/engines.h"
#include "engines/launch.h"

namespace inferometer::tests {

/// Engines of all worker programs beside the test, by their program's name.
std::vector<std::string> built_workers();

/// A worker that can be started, or why not.
struct WorkerUnderTest {
  results::Capabilities engine;
  std::optional<engines::Launch> launch;
  std::string missing;  ///< the sentence that says what to install
};

/// The library comes from the variable INFEROMETER_<ENGINE>_LIBRARY, else from the installed packages. Throws
/// base::UserError when the program does not describe itself.
WorkerUnderTest find_worker(const std::string& engine);

}  // namespace inferometer::tests
