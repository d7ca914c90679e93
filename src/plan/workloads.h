// What one model is run on.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace inferometer::plan {

/// Throws base::FieldError for lengths that no model of the request has, and for those below 1.
void check_lengths(const Request& request);

/// Every batch size with every length, for this model. Whether the sizes fit its inputs is not asked here.
std::vector<results::Workload> workloads_of(const Model& model, const Request& request);

/// Equal for models whose inputs look alike, which can share a workload and be compared.
std::string input_signature(const Model& model);

}  // namespace inferometer::plan
