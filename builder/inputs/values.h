// Values for inputs that the user gives none for, by their meaning, type and table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "results/model_info.h"
#include "tensors/tensor.h"

namespace inferometer::builder {

struct ValueRule {
  enum class Kind {
    Uniform,  ///< whole numbers in [low, bound)
    Normal,   ///< standard normal
    Ones,
    Zeros,
    Positions,  ///< 0, 1, 2, ... along the last dimension
  };
  Kind kind = Kind::Normal;
  std::int64_t low = 0;
  std::int64_t bound = 0;
  const char* origin = "";  ///< for reports: "known names", "indices of tables", "random numbers"

  /// False: the values are the same in every set.
  bool varies() const { return kind == Kind::Uniform || kind == Kind::Normal; }
};

/// DESIGN 5.9: what is known by its meaning first, then integers within the table that they index, floats,
/// bools. Nothing for an integer input of unknown meaning: any value could be outside of what the model
/// takes.
std::optional<ValueRule> rule_for(const results::ModelInput& input);

/// Which of the eight sets, of which experiment.
struct SetSeed {
  std::uint64_t seed = 0;
  int set = 0;
};
tensors::Tensor make_values(const results::ModelInput& input, const tensors::Shape& shape,
                            const ValueRule& rule, SetSeed seed);

}  // namespace inferometer::builder
