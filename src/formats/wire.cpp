#include "formats/wire.h"

#include <optional>

namespace inferometer::formats {
namespace {

enum WireType : std::uint64_t { Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5 };

/// Takes a number off the front.
std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (shift < 64) value |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

/// Takes the field behind its tag off the front.
bool take_field(std::string_view& bytes, std::uint64_t type, WireField& field) {
  std::uint64_t size_bytes = 0;
  switch (type) {
    case Varint: {
      const auto value = take_varint(bytes);
      field.value = value.value_or(0);
      return value.has_value();
    }
    case Fixed64:
      size_bytes = 8;
      break;
    case Fixed32:
      size_bytes = 4;
      break;
    case Length: {
      const auto length = take_varint(bytes);
      if (!length) return false;
      size_bytes = *length;
      break;
    }
    default:
      return false;
  }
  if (size_bytes > bytes.size()) return false;
  field.bytes = bytes.substr(0, size_bytes);
  bytes.remove_prefix(size_bytes);
  return true;
}

}  // namespace

bool for_each_field(std::string_view message, const std::function<void(const WireField&)>& take) {
  while (!message.empty()) {
    const auto tag = take_varint(message);
    if (!tag || *tag >> 3 == 0 || *tag > UINT32_MAX) return false;
    WireField field;
    field.number = static_cast<std::uint32_t>(*tag >> 3);
    if (!take_field(message, *tag & 7, field)) return false;
    take(field);
  }
  return true;
}

}  // namespace inferometer::formats
