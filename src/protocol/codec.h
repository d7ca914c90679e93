// Messages to lines and back. One JSON object a line, with "type", "id" and "nonce".
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "protocol/messages.h"

namespace inferometer::protocol {

/// The other side broke the protocol. `what()` says how, with up to 64 bytes of what came (escaped).
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One line without the final newline.
std::string encode(const Request& request);
std::string encode(const Reply& reply);
std::string encode(const Description& description);

/// Unknown fields are ignored; an unknown type, a missing or mistyped field, a number outside its range is a
/// ProtocolError.
Request decode_request(std::string_view line);
Reply decode_reply(std::string_view line);
Description decode_description(std::string_view line);

/// Throws ProtocolError unless the major numbers agree.
void require_compatible(std::string_view version_of_other_side);

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
