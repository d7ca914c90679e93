// Which of the wanted candidates can run here.
#pragma once

#include <vector>

#include "plan/candidates.h"

namespace inferometer::plan {

/// Fills in the engine's version. False: it cannot run, and `skipped` says why, each reason once. Throws
/// base::FieldError for a version of an engine that has none.
bool can_run(Choice& choice, const Model& model, const results::Capabilities& engine,
             std::vector<results::SkippedCell>& skipped);

}  // namespace inferometer::plan
