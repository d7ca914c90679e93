#include "engines/launch.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "packages/toolchain.h"

namespace inferometer::engines {
namespace {

namespace fs = std::filesystem;

/// The member that the pattern of the worker means in this version; of an environment the path itself.
std::string library_of(const results::Capabilities& engine, const packages::LockedVersion& version) {
  if (engine.library.empty() || packages::is_environment(version)) return engine.library;
  const auto member = std::ranges::find_if(version.members, [&](const packages::Member& one) {
    return one.library && ::fnmatch(engine.library.c_str(), one.path.c_str(), FNM_PATHNAME) == 0;
  });
  if (member == version.members.end()) {
    throw base::UserError("the worker of " + engine.engine + " opens '" + engine.library +
                          "', and the lock of " + engine.package + " " + version.version +
                          " has no library of that name");
  }
  return member->path;
}

std::string install_line(const std::string& name_at_version) {
  return "inferometer packages install " + name_at_version;
}

}  // namespace

Launch launch(const results::Capabilities& engine, const std::string& version,
              const packages::Installed& store) {
  if (engine.package.empty()) {
    if (!version.empty()) {
      throw base::UserError("engine " + engine.engine +
                            " is part of Inferometer and has no versions: write '" + engine.engine +
                            "' without '@" + base::printable(version, 80) + "'");
    }
    return program_with_library(engine.program, "");
  }
  const auto installed = store.versions_of(engine.package);
  if (version.empty() && installed.empty()) {
    throw base::UserError(engine.engine + " is not installed: " + install_line(engine.package));
  }
  const auto name = engine.package + "@" + (version.empty() ? installed.front().version : version);
  const auto selection = store.select(name);
  const auto state = store.state(*selection.package, *selection.version, false);
  if (state.state == packages::State::NotInstalled) {
    throw base::UserError(engine.engine + " " + selection.version->version +
                          " is not installed: " + install_line(name));
  }
  if (state.state == packages::State::Damaged) {
    throw base::UserError(engine.engine + " " + selection.version->version + " is damaged (" + state.problem +
                          "): " + install_line(name) + " repairs it");
  }
  const auto library = library_of(engine, *selection.version);
  auto launch = program_with_library(engine.program,
                                     library.empty() ? "" : fs::absolute(state.folder / library).string());
  if (packages::is_environment(*selection.version)) {
    const auto interpreter = packages::interpreter_of(fs::absolute(state.folder));
    launch.argv.insert(launch.argv.begin(), interpreter.argv.begin(), interpreter.argv.end());
    launch.environment = interpreter.environment;
  }
  launch.version = selection.version->version;
  return launch;
}

Launch program_with_library(const std::string& program, const std::string& library) {
  Launch launch{.argv = {program}, .environment = {}, .library = library, .version = ""};
  if (!library.empty()) launch.argv.insert(launch.argv.end(), {"--library", library});
  return launch;
}

}  // namespace inferometer::engines
