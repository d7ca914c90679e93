#include "inputs/child.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace inferometer::inputs {
namespace {

std::string last_line(const std::string& log) {
  std::string last;
  for (const auto& line : base::split(log, '\n')) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return base::printable(last, 500);
}

}  // namespace

base::Json ask_child(process::SpawnRequest spawn, const base::Json& question, const std::string& who,
                     std::chrono::nanoseconds timeout) {
  spawn.standard_input = base::to_line(question);
  spawn.capture_standard_output = true;
  const auto finished = process::run(spawn, timeout);
  if (finished.timed_out) {
    throw base::UserError(fmt::format("{} was ended after {}", who,
                                      base::format_seconds(std::chrono::duration<double>(timeout).count())));
  }
  const bool answered = !finished.exit.signalled &&
                        (finished.exit.code == base::kExitOk || finished.exit.code == base::kExitUsage);
  if (!answered) {
    throw base::UserError(
        fmt::format("{} failed: {}: {}", who, finished.exit.to_text(), last_line(finished.log)));
  }
  auto answer = base::parse_json(finished.output, who);
  if (finished.exit.code == base::kExitUsage) {
    const bool has_message = answer.is_object() && answer.contains("error") && answer["error"].is_string();
    throw base::UserError(has_message ? answer["error"].get<std::string>()
                                      : who + " failed without a message");
  }
  return answer;
}

}  // namespace inferometer::inputs
