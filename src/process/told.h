// What a child says to its user while it works: lines of its stderr that begin with "told: ".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace inferometer::process {

/// Parts the lines that are told from those that are logged.
class ToldLines {
 public:
  explicit ToldLines(std::function<void(const std::string&)> tell) : tell_(std::move(tell)) {}
  /// Hands out each told line that `bytes` completes; returns what belongs into the log.
  std::string take(std::string_view bytes);
  /// At the end of the stream: a last line without '\n'.
  std::string finish();

 private:
  void take_line_end(std::string& logged);

  std::function<void(const std::string&)> tell_;
  std::string line_;     ///< of the line that is not complete, what is held back
  bool logged_ = false;  ///< the line that is not complete began as one for the log
};

}  // namespace inferometer::process
