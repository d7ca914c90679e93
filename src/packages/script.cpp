#include "packages/script.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "packages/toolchain.h"
#include "process/process.h"

namespace inferometer::packages {
namespace {

std::string last_line(const std::string& log) {
  std::string last;
  for (const auto& line : base::split(log, '\n')) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return base::printable(last, 500);
}

}  // namespace

Toolchain find_toolchain(const Installed& store, const std::string& package, const std::string& purpose) {
  const auto installed = store.versions_of(package);
  if (installed.empty()) {
    throw base::UserError(
        purpose + ", which are missing or damaged here: type `inferometer packages install " + package + "`");
  }
  const auto& [state, version, folder, problem, bytes] = installed.front();
  const std::filesystem::path requirements =
      store.select(package + "@" + version).version->files.front().name;
  return {version, folder, base::share_folder() / "toolchains" / requirements.parent_path()};
}

ScriptReply run_script(const Toolchain& toolchain, const ScriptCall& call) {
  process::SpawnRequest spawn;
  const auto interpreter = interpreter_of(toolchain.environment);
  spawn.arguments = interpreter.argv;
  spawn.arguments.push_back((toolchain.scripts / call.script).string());
  spawn.environment = interpreter.environment;
  spawn.environment["PYTHONPATH"] += ":" + toolchain.scripts.parent_path().string();
  spawn.standard_input = base::to_line(call.job);
  spawn.capture_standard_output = true;
  spawn.data_limit_bytes = call.data_limit_bytes;
  spawn.notify = call.notify;
  const auto finished = process::run(spawn, call.deadline);
  if (finished.timed_out)
    throw base::UserError(fmt::format("{} was ended after {} min", call.script, call.deadline.count()));
  const int code = finished.exit.signalled ? -1 : finished.exit.code;
  if (code != base::kExitOk && code != base::kExitUsage) {
    throw base::UserError(
        fmt::format("{} failed: {}: {}", call.script, finished.exit.to_text(), last_line(finished.log)));
  }
  const auto answer = base::parse_json(finished.output, call.script);
  if (code == base::kExitOk) return {answer, finished.exit.peak_rss_bytes};
  throw base::UserError(answer.value("error", call.script + " failed without a message"));
}

}  // namespace inferometer::packages
