// No timing before truth: outputs of every candidate against the float32 reference.
#pragma once

#include <string>
#include <vector>

#include "measure/context.h"
#include "tensors/tensor.h"

namespace inferometer::measure {

/// Allowed largest error as a share of the largest absolute reference value, for a computation in `precision`
/// of a variant such as "onnx/int8". float32 leaves room for another order of summation, no more.
double tolerance(const std::string& precision, const std::string& variant);

/// Outputs of the sets that are checked, or why there are none.
struct TruthOutputs {
  std::vector<std::vector<tensors::Tensor>> sets;
  std::string failure;
};

/// Pure: `candidate` against `reference` (no sets: unverified).
results::TruthCheck judge(const results::CandidateSpec& spec, const TruthOutputs& reference,
                          const TruthOutputs& candidate);

/// Launches `launch_id`, runs the first `sets` input sets and reads the outputs back from files in `folder`.
/// Throws results::CandidateFailure.
TruthOutputs run_for_truth(const Context& context, const std::string& launch_id, const std::vector<int>& cpus,
                           const std::string& folder);

}  // namespace inferometer::measure
