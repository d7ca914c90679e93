// No timing before truth: the outputs of every candidate, to be held against the float32 reference.
#pragma once

#include <string>
#include <vector>

#include "measure/context.h"

namespace inferometer::measure {

/// Outputs of the sets that are checked, or why there are none.
struct TruthOutputs {
  SetOutputs sets;
  results::Reason failure;
};

/// `candidate` against `reference` (no sets: unverified), by Context::judge.
results::TruthCheck check_outputs(const Context& context, const results::CandidateSpec& spec,
                                  const TruthOutputs& reference, const TruthOutputs& candidate);

/// Launches `launch_id`, runs the first `sets` input sets and reads the outputs back from files in `folder`.
/// Throws results::CandidateFailure.
TruthOutputs run_for_truth(const Context& context, const std::string& launch_id, const std::vector<int>& cpus,
                           const std::string& folder);

}  // namespace inferometer::measure
