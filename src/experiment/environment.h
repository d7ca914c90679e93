// The facts of this machine that a record keeps.
#pragma once

#include "experiment/installation.h"
#include "results/configuration.h"
#include "results/environment.h"

namespace inferometer::experiment {

/// Of the machine now, with the devices that the engines of this plan see and the variables that its workers
/// get.
results::Environment environment_of(const results::Plan& plan, const Installation& installation);

}  // namespace inferometer::experiment
