// What candidates are called.
#pragma once

#include <vector>

#include "results/configuration.h"

namespace inferometer::plan {

/// Gives every candidate the shortest text that tells it from the others of its group.
void label_candidates(results::Group& group, const std::vector<results::Artefact>& artefacts);

}  // namespace inferometer::plan
