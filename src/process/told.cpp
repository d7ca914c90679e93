#include "process/told.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "base/text.h"
#include "process/process.h"

namespace inferometer::process {
namespace {

// toolchains/job.py says the same.
constexpr std::string_view kTold = "told: ";
// A child that never ends its line must not fill our memory.
constexpr std::size_t kMostBytes = 1000;

bool may_be_told(std::string_view line) {
  return line.substr(0, kTold.size()) == kTold.substr(0, line.size());
}

}  // namespace

std::string ToldLines::take(std::string_view bytes) {
  std::string logged;
  for (const char byte : bytes) {
    if (byte == '\n') {
      take_line_end(logged);
    } else if (logged_) {
      logged += byte;
    } else if (line_.size() < kTold.size() + kMostBytes) {
      line_ += byte;
      logged_ = !may_be_told(line_);
      if (logged_) logged += std::exchange(line_, {});
    }
  }
  return logged;
}

void ToldLines::take_line_end(std::string& logged) {
  if (!logged_ && line_.size() >= kTold.size()) {
    tell_(base::printable(std::string_view(line_).substr(kTold.size()), kMostBytes));
  } else {
    logged += line_ + '\n';
  }
  line_.clear();
  logged_ = false;
}

std::string ToldLines::finish() {
  std::string logged;
  if (!line_.empty()) take_line_end(logged);
  return logged;
}

void tell_parent(const std::string& sentence) { fmt::print(stderr, "{}{}\n", kTold, sentence); }

}  // namespace inferometer::process
