// Named sets of candidates that belong together.
#pragma once

#include <string>
#include <vector>

namespace inferometer::plan {

struct Member {
  const char* name;       ///< label of the candidate: "tflite_int8"
  const char* candidate;  ///< as after --candidate; the first is the baseline
};

std::vector<std::string> known_sets();

/// The members of `set`. Throws base::FieldError with the known sets for another name.
const std::vector<Member>& members_of(const std::string& set);

}  // namespace inferometer::plan
