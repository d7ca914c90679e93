#include "engines/engines.h"

#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "process/process.h"
#include "protocol/codec.h"

namespace inferometer::engines {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgramPrefix = "inferometer-worker-";
constexpr std::chrono::seconds kDescribeDeadline(5);

std::vector<fs::path> find_programs(const fs::path& libexec) {
  std::vector<fs::path> programs;
  std::error_code error;
  for (fs::directory_iterator entry(libexec, error), end; !error && entry != end; entry.increment(error)) {
    const bool named = entry->path().filename().string().starts_with(kProgramPrefix);
    if (named && entry->is_regular_file(error) && ::access(entry->path().c_str(), X_OK) == 0) {
      programs.push_back(entry->path());
    }
  }
  std::ranges::sort(programs);
  return programs;
}

/// Throws ProtocolError or UserError with the reason alone.
protocol::Description describe(const fs::path& program) {
  process::SpawnRequest request;
  request.arguments = {program.string(), "--describe"};
  request.capture_standard_output = true;
  request.capture_limit_bytes = protocol::kMaxLineBytes;
  const auto finished = process::run(request, kDescribeDeadline);
  if (finished.timed_out) throw base::UserError("gave no answer within 5 s");
  if (finished.exit.signalled || finished.exit.code != 0) {
    throw base::UserError("ended with " + finished.exit.to_text() + ": " + base::printable(finished.log));
  }
  const auto description = protocol::decode_description(finished.output);
  protocol::require_compatible(description.protocol);
  return description;
}

std::vector<results::EngineOption> options_of(const protocol::Description& description) {
  std::vector<results::EngineOption> options;
  for (const auto& option : description.options) {
    options.push_back({option.name, option.type, option.default_value, option.values, option.minimum,
                       option.maximum, option.help});
  }
  return options;
}

std::vector<std::string> installed_versions(const std::string& package, const packages::Store& store) {
  if (package.empty()) return {""};
  std::vector<std::string> versions;
  for (const auto& installed : store.installed(package)) versions.push_back(installed.version);
  return versions;
}

results::Capabilities capabilities(const fs::path& program, const packages::Store& store) {
  const auto description = describe(program);
  if (!description.package.empty())
    store.select(description.package);  // throws for a package outside the lock
  results::Capabilities engine;
  engine.engine = description.engine;
  engine.summary = description.summary;
  engine.program = program.string();
  engine.package = description.package;
  engine.library = description.library;
  engine.formats = description.formats;
  engine.devices = description.devices;
  engine.precisions = description.precisions;
  engine.options = options_of(description);
  engine.multi_threaded = description.multi_threaded;
  engine.hidden = description.hidden;
  engine.installed_versions = installed_versions(description.package, store);
  return engine;
}

/// The member that the pattern of the worker means in this version.
std::string library_of(const results::Capabilities& engine, const packages::LockedVersion& version) {
  if (engine.library.empty()) return {};
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

Discovery discover(const fs::path& libexec, const packages::Store& store) {
  Discovery discovery;
  for (const auto& program : find_programs(libexec)) {
    const auto leave_out = [&](const std::exception& reason) {
      discovery.problems.push_back(program.string() + ": left out: " + reason.what());
    };
    try {
      auto engine = capabilities(program, store);
      const auto same = std::ranges::find(discovery.engines, engine.engine, &results::Capabilities::engine);
      if (same != discovery.engines.end()) {
        throw base::UserError("says that it is " + engine.engine + ", as " + same->program + " does");
      }
      discovery.engines.push_back(std::move(engine));
    } catch (const protocol::ProtocolError& error) {
      leave_out(error);
    } catch (const base::UserError& error) {
      leave_out(error);
    }
  }
  std::ranges::sort(discovery.engines, {}, &results::Capabilities::engine);
  return discovery;
}

Launch launch(const results::Capabilities& engine, const std::string& version, const packages::Store& store) {
  if (engine.package.empty()) {
    if (!version.empty()) {
      throw base::UserError("engine " + engine.engine +
                            " is part of Inferometer and has no versions: write '" + engine.engine +
                            "' without '@" + base::printable(version, 80) + "'");
    }
    return {engine.program, "", ""};
  }
  const auto installed = store.installed(engine.package);
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
  return {engine.program, library.empty() ? "" : fs::absolute(state.folder / library).string(),
          selection.version->version};
}

}  // namespace inferometer::engines
