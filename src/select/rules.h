// The rules by which a candidate is chosen, one function each; not for other modules.
#pragma once

#include "select/field.h"

namespace inferometer::select {

/// `field` has at least one entrant. Ties go to the one that the plan names first.
Recommendation choose(Use use, const Field& field);

}  // namespace inferometer::select
