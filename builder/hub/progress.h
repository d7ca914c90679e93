// How far a download is, reported every few seconds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"

namespace inferometer::builder {

class Progress {
 public:
  /// `subject` begins every sentence.
  Progress(std::string subject, base::Clock& clock, std::function<void(const std::string&)> notify);

  void say(const std::string& sentence);
  /// `total_bytes`: of all files; `present_bytes` of them lie here already. Rates begin now.
  void begin(std::int64_t total_bytes, std::int64_t present_bytes);
  void received(std::int64_t bytes);
  /// Bytes that had been counted must come again.
  void lost(std::int64_t bytes) { present_bytes_ -= bytes; }
  void finish();

 private:
  std::string rate() const;

  std::string subject_;
  base::Clock& clock_;
  std::function<void(const std::string&)> notify_;
  std::int64_t total_bytes_ = 0;
  std::int64_t present_bytes_ = 0;
  std::int64_t received_bytes_ = 0;
  std::int64_t began_ns_ = 0;
  std::int64_t reported_ns_ = 0;
};

}  // namespace inferometer::builder
