// Protobuf messages field by field, without a library for them.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace inferometer::formats {

struct WireField {
  std::uint32_t number = 0;
  std::uint64_t value = 0;  ///< of an integer field
  std::string_view bytes;   ///< of a text, message or packed field; refers into the message
};

/// Calls `take` for every field in turn. False when the bytes are no well-formed message; fields before the
/// damage have been taken then.
bool for_each_field(std::string_view message, const std::function<void(const WireField&)>& take);

}  // namespace inferometer::formats
