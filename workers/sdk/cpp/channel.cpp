#include "sdk/cpp/channel.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/clock.h"

namespace inferometer::worker {

std::optional<Channel::Line> Channel::read() {
  std::array<char, 64 * 1024> bytes;
  Line line;
  while (!buffer_.next(line.text)) {
    const ssize_t size = ::read(commands_, bytes.data(), bytes.size());
    received_ns_ = base::monotonic_ns();
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return std::nullopt;
    buffer_.append({bytes.data(), static_cast<std::size_t>(size)});
  }
  line.received_ns = received_ns_;
  return line;
}

void Channel::write(const protocol::Reply& reply) {
  const std::string line = protocol::encode(reply) + '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t size = ::write(replies_, rest.data(), rest.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) throw StreamEnded();
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace inferometer::worker
