#include "engines/engines.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>
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

std::vector<std::string> installed_versions(const std::string& package, const packages::Installed& store) {
  if (package.empty()) return {""};
  std::vector<std::string> versions;
  for (const auto& installed : store.versions_of(package)) versions.push_back(installed.version);
  return versions;
}

results::Capabilities capabilities(const fs::path& program, const packages::Installed& store) {
  results::Capabilities engine{describe(program), program.string(), {}};
  // Throws for a package outside the lock.
  if (!engine.package.empty()) store.select(engine.package);
  engine.installed_versions = installed_versions(engine.package, store);
  return engine;
}

}  // namespace

Discovery discover(const fs::path& libexec, const packages::Installed& store) {
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

Reference reference_for(const std::string& format, const std::vector<results::Capabilities>& engines) {
  std::set<std::string> known;
  for (const auto& engine : engines) {
    const auto found = engine.reference_for.find(format);
    if (found != engine.reference_for.end()) return {engine, found->second};
    for (const auto& [other, options] : engine.reference_for) known.insert(other);
  }
  throw base::UserError(
      "no engine produces reference outputs for the format '" + base::printable(format, 40) +
      "' (known: " + base::join(std::vector<std::string>(known.begin(), known.end()), ", ") + ")");
}

}  // namespace inferometer::engines
