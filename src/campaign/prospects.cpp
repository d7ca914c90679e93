#include "campaign/prospects.h"

#include <algorithm>

#include "base/error.h"
#include "campaign/inputs.h"
#include "experiment/cpus.h"
#include "models/models.h"

namespace inferometer::campaign {
namespace {

using base::UserError;

/// Where the weights will come from. Throws what says that they cannot be had.
void find_weights(Prospect& prospect, bool synthetic_allowed, const experiment::Installation& installation) {
  const auto& model = prospect.experiment.model;
  try {
    const auto kind = models::resolve(model, installation.packages).kind;
    prospect.weights =
        kind == models::Reference::Kind::Hub ? Prospect::Weights::OnHub : Prospect::Weights::Real;
  } catch (const UserError& error) {
    if (!synthetic_allowed || !can_be_synthetic(model, installation)) throw;
    prospect.weights = Prospect::Weights::Synthetic;
    prospect.why_synthetic = error.what();
  }
}

void fill(Prospect& prospect, const plan::Request& cpus, const experiment::Installation& installation) {
  // Of what is still to be downloaded the architecture is known where it is a published one.
  const bool synthetic = prospect.weights != Prospect::Weights::Real;
  if (synthetic && !can_be_synthetic(prospect.experiment.model, installation)) return;
  const auto subject = experiment::inspect(prospect.experiment.model, synthetic, installation);
  auto request = request_for(prospect.experiment, subject.model);
  request.plan.cpus = cpus.cpus;
  request.plan.free_cpus = cpus.free_cpus;
  const auto [plan, build] = experiment::preview(request, {subject}, installation);
  prospect.skipped = plan.skipped;
  prospect.cost = plan::estimate(plan);
  prospect.build = build;
  const auto free = experiment::usable_memory(installation);
  for (const auto& group : plan.groups) {
    const auto bytes = plan::expected_memory(plan, group, free).machine;
    prospect.memory_bytes = std::max(prospect.memory_bytes, bytes);
  }
  if (prospect.weights == Prospect::Weights::OnHub)
    prospect.disk_bytes += results::float32_bytes(subject.model.info.parameters);
  for (const auto& artefact : plan.artefacts) prospect.disk_bytes += plan::file_bytes(artefact);
}

}  // namespace

std::vector<Prospect> look_ahead(const std::vector<SuiteExperiment>& experiments, bool synthetic_allowed,
                                 const experiment::Host& host) {
  plan::Request cpus;
  experiment::count_cpus(cpus);
  std::vector<Prospect> prospects;
  for (const auto& experiment : experiments) {
    auto& prospect = prospects.emplace_back(Prospect{.experiment = experiment});
    try {
      find_weights(prospect, synthetic_allowed, host.installation);
      fill(prospect, cpus, host.installation);
    } catch (const UserError& error) {
      prospect.problem = error.what();
    }
  }
  return prospects;
}

bool can_be_synthetic(const std::string& model, const experiment::Installation& installation) {
  try {
    models::resolve(model, installation.packages, true);
    return true;
  } catch (const UserError&) {
    return false;
  }
}

experiment::Request request_for(const SuiteExperiment& experiment, const plan::Model& model) {
  experiment::Request request;
  request.title = "suite " + experiment.folder;
  request.models = {experiment.model};
  request.plan = experiment.request;
  if (!has_sequence(model)) request.plan.sequence_lengths.clear();
  return request;
}

}  // namespace inferometer::campaign
