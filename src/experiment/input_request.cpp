#include "experiment/input_request.h"

#include <algorithm>

#include "base/field_error.h"
#include "inputs/shapes.h"

namespace inferometer::experiment {
namespace {

const results::ModelInfo& info_of(const results::Artefact& artefact, const Known& known) {
  const auto built = known.infos.find(artefact.key);
  return built == known.infos.end() ? subject_named(artefact.model, known.subjects).model.info
                                    : built->second;
}

/// All models of a group get the same values, so an index must exist in the smallest table.
void lower_index_bounds(results::ModelInfo& model, const results::ModelInfo& other) {
  for (const auto& theirs : entry_part(other).inputs) {
    for (auto& ours : entry_part(model).inputs) {
      if (ours.name != theirs.name || theirs.index_bound == 0) continue;
      ours.index_bound =
          ours.index_bound == 0 ? theirs.index_bound : std::min(ours.index_bound, theirs.index_bound);
    }
  }
}

/// The sequence of a model that generates is its prompt, and so is the field.
void check_shape(const inputs::Request& request, const results::Workload& workload) {
  try {
    inputs::resolve_shapes(request);
  } catch (const base::FieldError& error) {
    const bool generates = workload.scenario.kind == results::ScenarioKind::Generate;
    if (!generates || error.field() != "sequence_lengths") throw;
    throw base::FieldError("prompt_lengths", error.message());
  }
}

}  // namespace

const results::Artefact& artefact_of(const std::string& key, const results::Plan& plan) {
  const auto found = std::find_if(plan.artefacts.begin(), plan.artefacts.end(),
                                  [&](const auto& one) { return one.key == key; });
  INFEROMETER_CHECK(found != plan.artefacts.end(), "artefact " + key);
  return *found;
}

inputs::Request input_request(const results::Plan& plan, const results::Group& group,
                              const results::Artefact& artefact, const Known& known) {
  inputs::Request request;
  request.model = info_of(artefact, known);
  for (const auto& candidate : group.candidates)
    lower_index_bounds(request.model, info_of(artefact_of(candidate.artefact, plan), known));
  // An artefact that was built for one workload has the sizes of that.
  const bool open = !known.infos.contains(artefact.key) || artefact.batch_size == 0;
  if (open) {
    const auto& workload = group.workload;
    const bool generates = workload.scenario.kind == results::ScenarioKind::Generate;
    request.batch_size = workload.batch_size;
    request.sequence_length = generates ? workload.scenario.prompt_length : workload.sequence_length;
    request.dims = workload.dims;
  }
  request.seed = plan.seed;
  return request;
}

void check_shapes(const results::Plan& plan, const Subjects& subjects) {
  const Infos nothing_built;
  for (const auto& group : plan.groups) {
    for (const auto& candidate : group.candidates) {
      check_shape(
          input_request(plan, group, artefact_of(candidate.artefact, plan), {subjects, nothing_built}),
          group.workload);
    }
  }
}

}  // namespace inferometer::experiment
