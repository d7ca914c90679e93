// What a child printed, within bounds.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace inferometer::process {

/// Keeps the last `limit_bytes` of each of two streams, in the order in which the pieces came: neither can
/// push the other's last words out.
class Log {
 public:
  enum Stream { Output, Error };

  explicit Log(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}
  void append(Stream stream, std::string_view bytes);
  /// Starts with "[N bytes dropped]" where that is so.
  std::string text() const;

 private:
  struct Piece {
    std::uint64_t order;
    std::string bytes;
  };

  void drop_surplus(Stream stream);

  std::size_t limit_bytes_;
  std::uint64_t pieces_ = 0;
  std::uint64_t dropped_bytes_ = 0;
  Stream latest_ = Output;
  std::array<std::deque<Piece>, 2> kept_;
  std::array<std::size_t, 2> kept_bytes_ = {0, 0};
};

}  // namespace inferometer::process
