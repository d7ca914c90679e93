// The toolchain `inputs`: the small Python environment whose libraries define tokenizing and image reading.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"

namespace inferometer::inputs {

/// Where the installed environment lies. Throws base::UserError with the line that installs it.
struct Toolchain {
  std::filesystem::path python;     ///< interpreter the environment was installed for
  std::filesystem::path libraries;  ///< for PYTHONPATH
  std::filesystem::path scripts;
};
Toolchain find_toolchain();

/// Runs `script` of toolchains/inputs with `job` on its standard input. Throws base::UserError with the
/// script's message: `{"error": ...}` and exit 2 of the script, or how it ended otherwise.
base::Json run_script(const Toolchain& toolchain, const std::string& script, const base::Json& job);

}  // namespace inferometer::inputs
