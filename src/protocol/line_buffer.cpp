#include "protocol/line_buffer.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/messages.h"

namespace inferometer::protocol {

void LineBuffer::append(std::string_view bytes) {
  bytes_.erase(0, start_);
  searched_ -= start_;
  start_ = 0;
  std::size_t line_bytes = line_bytes_;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    line_bytes += std::min(end, rest.size());
    if (line_bytes > kMaxLineBytes) {
      throw ProtocolError(fmt::format("a line is longer than {} bytes", kMaxLineBytes));
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
    line_bytes = 0;
  }
  line_bytes_ = line_bytes;
  bytes_.append(bytes);
}

bool LineBuffer::next(std::string& line) {
  const std::size_t end = bytes_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = bytes_.size();
    return false;
  }
  line.assign(bytes_, start_, end - start_);
  start_ = end + 1;
  searched_ = start_;
  return true;
}

}  // namespace inferometer::protocol
