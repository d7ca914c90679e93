// The line that says how far a measurement is, on stderr, never inside a timed region.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "measure/context.h"

namespace inferometer::cli {

/// Whether escape sequences may go to `descriptor`: a terminal, TERM not dumb, NO_COLOR unset (or
/// FORCE_COLOR).
bool colour_wanted(const std::string& when, int descriptor);
int terminal_width(int descriptor);

/// A line on stderr: talk is not data.
void say(const std::string& sentence);

/// While it lives, every sentence that people are told is kept in a file too, with its time. One at a time.
class TalkLog {
 public:
  /// Appends to `file`. Throws base::UserError when it cannot be written to, or when another process that
  /// lives keeps one there.
  explicit TalkLog(const std::filesystem::path& file);
  ~TalkLog();
  TalkLog(const TalkLog&) = delete;
  TalkLog& operator=(const TalkLog&) = delete;

 private:
  int descriptor_;
};

/// On a terminal one line that is rewritten at most four times a second; elsewhere one line per group and
/// load.
class ProgressLine final : public measure::Observer {
 public:
  /// `how`: auto, plain, none. `groups`: how many the plan has.
  ProgressLine(const std::string& how, std::size_t groups);
  ~ProgressLine() override;
  void say(const std::string& sentence) override;
  void step(const Step& step) override;
  void clear();

 private:
  bool rewrite_;
  bool silent_;
  std::size_t groups_;
  std::size_t group_number_ = 0;
  std::string group_;
  std::string last_plain_;
  bool shown_ = false;
  std::int64_t shown_at_ns_ = 0;
};

}  // namespace inferometer::cli
