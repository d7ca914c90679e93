#include "base/random.h"

#include <sys/random.h>

#include <bit>
#include <cmath>
#include <numbers>

#include "base/error.h"

namespace inferometer::base {
namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t draw_seed() {
  std::uint32_t bits = 0;
  INFEROMETER_CHECK(::getrandom(&bits, sizeof bits, 0) == sizeof bits, "getrandom");
  return bits;
}

Random::Random(std::uint64_t seed, std::string_view stream) {
  std::uint64_t state = seed;
  for (const char letter : stream) state = splitmix(state) ^ static_cast<unsigned char>(letter);
  for (auto& word : state_) word = splitmix(state);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  INFEROMETER_CHECK(bound > 0, "bound");
  const std::uint64_t threshold = (0 - bound) % bound;
  while (true) {
    const std::uint64_t value = next();
    if (value >= threshold) return value % bound;
  }
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace inferometer::base
