// The configurations of one model: the cross product of the lists, the explicit candidates, or a set.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace inferometer::plan {

struct Choice {
  std::string name;  ///< in its set; empty: the label is made of what differs
  results::AvailableVariant variant;
  results::Configuration configuration;
};
/// Adds to `skipped` what cannot run, once per reason. Throws base::FieldError for what is wrong.
std::vector<Choice> choices(const Request& request, const Model& model,
                            const std::vector<results::Capabilities>& engines,
                            std::vector<results::SkippedCell>& skipped);

/// "2 of 2 CPUs are free", "as asked", for print and record.
std::string threads_reason(const Request& request);

}  // namespace inferometer::plan
