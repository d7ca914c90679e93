// Fidelity: outputs of a candidate against those of its float32 reference. Pure.
#pragma once

#include <string>
#include <vector>

#include "results/configuration.h"
#include "results/measurement.h"
#include "tensors/tensor.h"

namespace inferometer::evaluate {

/// Allowed largest error as a share of the largest absolute reference value, for a computation in `precision`
/// of a variant such as "onnx/int8". float32 leaves room for another order of summation, no more.
double tolerance(const std::string& precision, const std::string& variant);

/// The outputs of every input set.
using SetOutputs = std::vector<std::vector<tensors::Tensor>>;

/// `candidate` against `reference`, which has as many sets; null: there is none, the check is not verified
/// and finds NaN and infinity only. `scores`: name of the output whose rows are scores of classes, which is
/// compared by their largest ones too; empty: there is none.
results::TruthCheck judge_fidelity(const results::CandidateSpec& spec, const SetOutputs* reference,
                                   const SetOutputs& candidate, const std::string& scores);

}  // namespace inferometer::evaluate
