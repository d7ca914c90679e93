#include "process/progress_lines.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "base/text.h"
#include "process/process.h"

namespace inferometer::process {
namespace {

// toolchains/job.py says the same.
constexpr std::string_view kMark = "progress: ";
// A child that never ends its line must not fill our memory.
constexpr std::size_t kMostBytes = 1000;

bool may_be_progress(std::string_view line) {
  return line.substr(0, kMark.size()) == kMark.substr(0, line.size());
}

}  // namespace

std::string ProgressLines::take(std::string_view bytes) {
  std::string logged;
  for (const char byte : bytes) {
    if (byte == '\n') {
      take_line_end(logged);
    } else if (logged_) {
      logged += byte;
    } else if (line_.size() < kMark.size() + kMostBytes) {
      line_ += byte;
      logged_ = !may_be_progress(line_);
      if (logged_) logged += std::exchange(line_, {});
    }
  }
  return logged;
}

void ProgressLines::take_line_end(std::string& logged) {
  if (!logged_ && line_.size() >= kMark.size()) {
    notify_(base::printable(std::string_view(line_).substr(kMark.size()), kMostBytes));
  } else {
    logged += line_ + '\n';
  }
  line_.clear();
  logged_ = false;
}

std::string ProgressLines::finish() {
  std::string logged;
  if (!line_.empty()) take_line_end(logged);
  return logged;
}

void notify_parent(const std::string& sentence) { fmt::print(stderr, "{}{}\n", kMark, sentence); }

}  // namespace inferometer::process
