// The other side broke the protocol.
#pragma once

#include <stdexcept>

namespace inferometer::protocol {

/// `what()` says how, with up to 64 bytes of what came (escaped).
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace inferometer::protocol
