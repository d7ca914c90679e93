// Plans that were recorded by version 0.1: it kept the words of the command and not what they mean.
#pragma once

#include "results/configuration.h"

namespace inferometer::experiment {

/// Fills in `inputs`, `reports` and `suite_folder` from the recorded words. Leaves a plan without words,
/// which has all of them, as it is.
void fill_from_arguments(results::Plan& plan);

}  // namespace inferometer::experiment
