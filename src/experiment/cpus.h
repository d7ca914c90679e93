// The CPUs that an experiment may use.
#pragma once

#include "plan/plan.h"

namespace inferometer::experiment {

/// Watches the machine for half a second and fills in `cpus` and `free_cpus`.
void count_cpus(plan::Request& request);

}  // namespace inferometer::experiment
