// From a stream of bytes to lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/protocol_error.h"

namespace inferometer::protocol {

/// Splits a byte stream into lines. Holds at most kMaxLineBytes.
class LineBuffer {
 public:
  /// Throws ProtocolError when a line grows over kMaxLineBytes.
  void append(std::string_view bytes);
  /// Takes the next complete line; false when there is none yet.
  bool next(std::string& line);
  /// Bytes of an unfinished line ("died mid-line: 312 bytes").
  std::size_t unfinished_bytes() const { return bytes_.size() - start_; }

 private:
  std::string bytes_;
  std::size_t start_ = 0;       ///< of the first line that was not taken
  std::size_t searched_ = 0;    ///< no newline between start_ and here
  std::size_t line_bytes_ = 0;  ///< of the line that has no newline yet
};

}  // namespace inferometer::protocol
