// The line that says how far a measurement is, on stderr, never inside a timed region.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "experiment/observer.h"

namespace inferometer::cli {

/// Whether escape sequences may go to `descriptor`: a terminal, TERM not dumb, NO_COLOR unset (or
/// FORCE_COLOR).
bool colour_wanted(const std::string& when, int descriptor);
int terminal_width(int descriptor);

/// A line on stderr: talk is not data.
void say(const std::string& sentence);

/// While it lives, every line that `say` prints is kept in a file too, with its time. One at a time.
class LogFile {
 public:
  /// Appends to `file`. Throws base::UserError when it cannot be written to, or when another process that
  /// lives keeps one there.
  explicit LogFile(const std::filesystem::path& file);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

 private:
  int descriptor_;
};

/// On a terminal one line that is rewritten at most four times a second; elsewhere one line per group and
/// load.
class ProgressLine final : public experiment::Observer {
 public:
  /// `how`: auto, plain, none.
  explicit ProgressLine(const std::string& how);
  ~ProgressLine() override;
  void say(const std::string& sentence) override;
  void begin_measuring(const results::Plan& plan) override;
  void step(const Step& step) override;
  void clear();

 private:
  bool rewrite_;
  bool silent_;
  std::size_t groups_ = 0;
  std::size_t group_number_ = 0;
  std::string group_;
  std::string last_plain_;
  bool shown_ = false;
  std::int64_t shown_at_ns_ = 0;
};

}  // namespace inferometer::cli
