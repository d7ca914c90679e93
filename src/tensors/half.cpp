#include "tensors/half.h"

#include <bit>
#include <cmath>

namespace inferometer::tensors {
namespace {

// IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits.
constexpr int kFractionBits = 10;
constexpr std::uint16_t kInfinity = 0x7C00;
constexpr std::uint16_t kQuietNan = 0x7E00;

}  // namespace

float float16_to_float(std::uint16_t bits) {
  const int exponent = (bits & kInfinity) >> kFractionBits;
  const int fraction = bits & 0x3FF;
  float magnitude = 0;
  if (exponent == 31) {
    magnitude = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

float bfloat16_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint16_t float_to_float16(float value) {
  const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000 : 0);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | kQuietNan);
  const float magnitude = std::fabs(value);
  if (magnitude >= 65520.0F) return static_cast<std::uint16_t>(sign | kInfinity);
  // In steps of 2^-24 below the smallest normal number, else of 11 significant bits. The rounded count of
  // steps added to the exponent field carries into it where rounding reaches the next power of two.
  const int exponent = magnitude < 0x1.0p-14F ? -14 : std::ilogb(magnitude);
  const auto steps = static_cast<int>(std::nearbyint(std::ldexp(magnitude, kFractionBits - exponent)));
  const int field = (exponent + 14) << kFractionBits;
  return static_cast<std::uint16_t>(sign | (field + steps));
}

std::uint16_t float_to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40);
  const std::uint32_t ties_to_even = 0x7FFF + ((bits >> 16) & 1);
  return static_cast<std::uint16_t>((bits + ties_to_even) >> 16);
}

}  // namespace inferometer::tensors
