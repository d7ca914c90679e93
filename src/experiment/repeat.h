// The command that measures one candidate alone.
#pragma once

#include <string>

#include "results/configuration.h"

namespace inferometer::experiment {

/// On the same inputs, in mode quick; quoted for a POSIX shell.
std::string repeat_command(const results::Plan& plan, const results::Group& group,
                           const results::CandidateSpec& candidate);

}  // namespace inferometer::experiment
