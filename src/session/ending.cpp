#include "session/ending.h"

#include <fmt/format.h>

#include <csignal>
#include <string_view>

#include "base/text.h"

namespace inferometer::session {

std::string in_text(std::chrono::nanoseconds duration) {
  return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

std::string processes(int count) { return fmt::format("{} process{}", count, count == 1 ? "" : "es"); }

std::string describe_end(const process::Exit& exit, std::size_t unfinished_bytes) {
  std::string text = exit.to_text();
  if (exit.signalled && exit.code == SIGKILL) {
    text = "killed by SIGKILL not sent by us: memory suspected, not proven";
  } else if (exit.signalled && exit.code == SIGILL) {
    text += ": a CPU feature may be missing that the engine was built for";
  } else if (exit.signalled && exit.code == SIGFPE) {
    text += ": often a division by a dimension of zero";
  }
  if (unfinished_bytes > 0) {
    text = fmt::format("died mid-line: {} bytes, {}", unfinished_bytes, text);
  } else if (!exit.signalled && !exit.unkillable) {
    text = fmt::format("exited without a result ({})", text);
  }
  if (exit.left_behind > 0) text += fmt::format("; left {}, ended", processes(exit.left_behind));
  return text;
}

std::string last_error_line(const std::string& log) {
  constexpr std::string_view kMark = "ERROR: ";
  std::string last;
  for (const auto& line : base::split(log, '\n'))
    if (line.starts_with(kMark)) last = line.substr(kMark.size());
  return last;
}

}  // namespace inferometer::session
