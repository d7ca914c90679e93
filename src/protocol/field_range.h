// How a field is visited. Private to the codec.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace inferometer::protocol {

/// What a number may be. Replies are bounded by their C++ type alone: a worker that lies about a count or a
/// time must be seen as a liar by the session, not as a broken line.
struct Range {
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
};
constexpr Range kAny{};
constexpr Range kNotNegative{.minimum = 0};
constexpr Range kPositive{.minimum = 1};

template <typename T, typename Message>
concept Is = std::same_as<std::remove_const_t<T>, Message>;

}  // namespace inferometer::protocol
