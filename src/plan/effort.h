// The counts and limits of the modes.
#pragma once

#include <string>
#include <vector>

#include "results/configuration.h"

namespace inferometer::plan {

/// "quick", "standard", "full".
std::vector<std::string> known_modes();

/// The counts of a mode. Throws base::FieldError (`mode`) for another word.
results::Effort effort_of(const std::string& mode);

}  // namespace inferometer::plan
