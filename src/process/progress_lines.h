// What a child says to its user while it works: lines of its stderr that begin with "progress: ".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace inferometer::process {

/// Separates the lines that are progress from those that are logged.
class ProgressLines {
 public:
  explicit ProgressLines(std::function<void(const std::string&)> notify) : notify_(std::move(notify)) {}
  /// Hands out each such line that `bytes` completes; returns what belongs into the log.
  std::string take(std::string_view bytes);
  /// At the end of the stream: a last line without '\n'.
  std::string finish();

 private:
  void take_line_end(std::string& logged);

  std::function<void(const std::string&)> notify_;
  std::string line_;     ///< of the line that is not complete, what is held back
  bool logged_ = false;  ///< the line that is not complete began as one for the log
};

}  // namespace inferometer::process
