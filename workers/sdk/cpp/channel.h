// The two descriptors between worker and coordinator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/codec.h"
#include "protocol/line_buffer.h"

namespace inferometer::worker {

class Channel {
 public:
  Channel(int commands, int replies) : commands_(commands), replies_(replies) {}

  struct Line {
    std::string text;
    std::int64_t received_ns = 0;  ///< when its last byte had come
  };
  /// Blocks for the next line; nothing at the end of the stream (an unfinished line is dropped: whoever sent
  /// it is gone). Throws protocol::ProtocolError for a line that is too long.
  std::optional<Line> read();

  /// Writes a whole line. Throws StreamEnded when nobody reads any more.
  void write(const protocol::Reply& reply);

  class StreamEnded : public std::exception {};

 private:
  int commands_;
  int replies_;
  std::int64_t received_ns_ = 0;
  protocol::LineBuffer buffer_;
};

}  // namespace inferometer::worker
