// The rules by which a candidate is chosen, one function each; not for other modules.
#pragma once

#include "select/pool.h"

namespace inferometer::select {

/// `pool` has at least one entrant. Ties go to the one that the plan names first.
Recommendation choose(Use use, const Pool& pool);

}  // namespace inferometer::select
