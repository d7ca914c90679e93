#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace inferometer::cli {
namespace {

constexpr std::int64_t kLeastBetweenNs = 250'000'000;
constexpr int kDefaultWidth = 100;

bool is_capable_terminal(int descriptor) {
  const char* term = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && (term == nullptr || std::string(term) != "dumb");
}

}  // namespace

bool colour_wanted(const std::string& when, int descriptor) {
  if (when != "auto") return when == "always";
  if (const char* force = std::getenv("FORCE_COLOR"); force != nullptr && *force != '\0') return true;
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') && is_capable_terminal(descriptor);
}

int terminal_width(int descriptor) {
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kDefaultWidth;
}

void say(const std::string& sentence) { std::fputs((sentence + "\n").c_str(), stderr); }

ProgressLine::ProgressLine(const std::string& how, std::size_t groups)
    : rewrite_(how == "auto" && is_capable_terminal(STDERR_FILENO)),
      silent_(how == "none"),
      groups_(groups) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

void ProgressLine::say(const std::string& sentence) {
  clear();
  std::fputs((base::printable(sentence, 1000) + "\n").c_str(), stderr);
}

void ProgressLine::step(const Step& step) {
  if (step.group != group_) {
    group_ = step.group;
    ++group_number_;
  }
  if (silent_) return;
  const std::string left =
      std::isnan(step.seconds_left) ? "" : ", about " + base::format_seconds(step.seconds_left) + " left";
  const std::string where = groups_ > 1 ? fmt::format("group {}/{}: ", group_number_, groups_) : "";
  if (!rewrite_) {
    // A log wants one line per load, not one per round.
    const std::string plain = where + step.doing.substr(0, step.doing.find(", round"));
    if (plain != last_plain_) say(plain + left);
    last_plain_ = plain;
    return;
  }
  const auto now_ns = base::monotonic_ns();
  if (shown_ && now_ns - shown_at_ns_ < kLeastBetweenNs) return;
  auto line = fmt::format("{}{}  {} of {} measured{}", where, step.doing,
                          base::format_seconds(static_cast<double>(step.measuring_ns) / 1e9),
                          base::format_seconds(static_cast<double>(step.budget_ns) / 1e9), left);
  const auto width = static_cast<std::size_t>(terminal_width(STDERR_FILENO) - 1);
  std::fputs(("\r\x1b[K" + base::printable(line, width)).c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
  shown_at_ns_ = now_ns;
}

}  // namespace inferometer::cli
