// What the inputs of one artefact in one group must look like.
#pragma once

#include <map>
#include <string>

#include "experiment/subjects.h"
#include "inputs/request.h"
#include "results/configuration.h"

namespace inferometer::experiment {

/// By key of the artefact; those that are not built yet have none.
using Infos = std::map<std::string, results::ModelInfo>;

/// The artefact of this key. A missing one is a defect of ours.
const results::Artefact& artefact_of(const std::string& key, const results::Plan& plan);

/// What is known of models and of what was built of them.
struct Known {
  const Subjects& subjects;
  const Infos& infos;
};

/// Sizes, seed and bounds; where the values come from is left open.
inputs::Request input_request(const results::Plan& plan, const results::Group& group,
                              const results::Artefact& artefact, const Known& known);

/// Every dimension of every input can be bound. Throws base::UserError as inputs::resolve_shapes.
void check_shapes(const results::Plan& plan, const Subjects& subjects);

}  // namespace inferometer::experiment
