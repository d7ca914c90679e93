// What set_up_supervision arranged, for the other files of this module.
#pragma once

namespace inferometer::process {

/// Whether orphaned descendants become our children instead of init's.
bool adopts_orphans();

}  // namespace inferometer::process
