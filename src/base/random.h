// The one source of random choices: seeded, logged, and the same on every machine and library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace inferometer::base {

/// A seed for an experiment that was given none: 32 random bits from the kernel, short enough to be typed
/// again.
std::uint64_t draw_seed();

/// xoshiro256** seeded by splitmix64 (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
/// ACM TOMS 47(4), 2021). Not std::shuffle: its draws differ between standard libraries.
class Random {
 public:
  /// `stream` keeps the choices of one purpose ("order group 0 load 3") apart from those of all others.
  Random(std::uint64_t seed, std::string_view stream);
  std::uint64_t next();
  /// Uniform in [0, bound); bound > 0. Unbiased (rejection).
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double uniform();
  /// Standard normal (Box-Muller).
  double normal();
  /// Fisher-Yates.
  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
    }
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace inferometer::base
