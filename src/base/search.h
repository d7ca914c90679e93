// Looking for an element of a list.
#pragma once

#include <algorithm>
#include <vector>

namespace inferometer::base {

/// The last element that answers to `condition`; null when none does.
template <typename T, typename Condition>
const T* last_of(const std::vector<T>& all, Condition condition) {
  const auto found = std::find_if(all.rbegin(), all.rend(), condition);
  return found == all.rend() ? nullptr : &*found;
}

}  // namespace inferometer::base
