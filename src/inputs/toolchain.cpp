#include "inputs/toolchain.h"

#include "base/error.h"
#include "base/files.h"
#include "inputs/child.h"
#include "packages/packages.h"

namespace inferometer::inputs {
namespace {

constexpr const char* kName = "inputs";
constexpr std::chrono::minutes kDeadline(10);

}  // namespace

Toolchain find_toolchain() {
  const auto installed = packages::Store::open().installed(kName);
  if (installed.empty()) {
    throw base::UserError(
        "texts and images are read by the libraries that define how, and these are not installed: type "
        "`inferometer packages install inputs`");
  }
  const auto& folder = installed.front().folder;
  return {folder / "python3", folder / "libraries", base::share_folder() / "toolchains" / kName};
}

base::Json run_script(const Toolchain& toolchain, const std::string& script, const base::Json& job) {
  process::SpawnRequest spawn;
  spawn.arguments = {toolchain.python.string(), (toolchain.scripts / script).string()};
  spawn.environment = {{"PYTHONPATH", toolchain.libraries.string()},
                       {"PYTHONNOUSERSITE", "1"},
                       {"PYTHONDONTWRITEBYTECODE", "1"},
                       {"PYTHONUTF8", "1"}};
  return ask_child(std::move(spawn), job, script, kDeadline);
}

}  // namespace inferometer::inputs
