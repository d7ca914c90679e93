#include "inputs/toolchain.h"

#include <fmt/format.h>

#include <chrono>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "packages/packages.h"
#include "process/process.h"

namespace inferometer::inputs {
namespace {

constexpr const char* kName = "inputs";
constexpr std::chrono::minutes kDeadline(10);

constexpr std::uint64_t kLimitBytes = std::uint64_t{8} << 30;

std::string last_line(const std::string& log) {
  std::string last;
  for (const auto& line : base::split(log, '\n')) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return base::printable(last, 500);
}

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
  spawn.standard_input = base::to_line(job);
  spawn.capture_standard_output = true;
  spawn.data_limit_bytes = kLimitBytes;
  const auto finished = process::run(spawn, kDeadline);
  if (finished.timed_out) {
    throw base::UserError(fmt::format("{} was ended after {} min", script, kDeadline.count()));
  }
  const int code = finished.exit.signalled ? -1 : finished.exit.code;
  if (code != base::kExitOk && code != base::kExitUsage) {
    throw base::UserError(
        fmt::format("{} failed: {}: {}", script, finished.exit.to_text(), last_line(finished.log)));
  }
  const auto answer = base::parse_json(finished.output, script);
  if (code == base::kExitOk) return answer;
  throw base::UserError(answer.value("error", script + " failed without a message"));
}

}  // namespace inferometer::inputs
