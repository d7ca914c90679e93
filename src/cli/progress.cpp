#include "cli/progress.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

namespace inferometer::cli {
namespace {

constexpr std::int64_t kLeastBetweenNs = 250'000'000;
constexpr int kDefaultWidth = 100;
constexpr int kNoLog = -1;

/// Of the LogFile that lives.
int log_descriptor = kNoLog;

void keep(const std::string& sentence) {
  if (log_descriptor == kNoLog) return;
  const auto line = base::utc_now() + " " + sentence + "\n";
  // A log that cannot be written to (a full disk) must not end what it describes.
  [[maybe_unused]] const auto written = ::write(log_descriptor, line.data(), line.size());
}

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

void say(const std::string& sentence) {
  std::fputs((sentence + "\n").c_str(), stderr);
  keep(sentence);
}

LogFile::LogFile(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  const auto shown = base::printable(file.string());
  if (descriptor_ < 0) throw base::UserError(shown + ": cannot be written: " + base::errno_text(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw base::UserError(shown + ": another process writes to it and has not ended: wait for it");
  }
  log_descriptor = descriptor_;
}

LogFile::~LogFile() {
  log_descriptor = kNoLog;
  ::close(descriptor_);
}

ProgressLine::ProgressLine(const std::string& how)
    : rewrite_(how == "auto" && is_capable_terminal(STDERR_FILENO)), silent_(how == "none") {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

void ProgressLine::say(const std::string& sentence) {
  clear();
  cli::say(base::printable(sentence, 1000));
}

void ProgressLine::begin_measuring(const results::Plan& plan) {
  clear();
  groups_ = plan.groups.size();
  group_number_ = 0;
  group_.clear();
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
