// The two 16-bit floating-point formats, which C++20 has no types for, as bits.
#pragma once

#include <cstdint>

namespace inferometer::tensors {

float float16_to_float(std::uint16_t bits);
float bfloat16_to_float(std::uint16_t bits);
/// Rounded to nearest, ties to even; beyond the range it becomes infinite.
std::uint16_t float_to_float16(float value);
std::uint16_t float_to_bfloat16(float value);

}  // namespace inferometer::tensors
