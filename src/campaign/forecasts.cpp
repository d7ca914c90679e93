#include "campaign/forecasts.h"

#include <algorithm>

#include "base/error.h"
#include "campaign/inputs.h"
#include "experiment/cpus.h"
#include "models/models.h"

namespace inferometer::campaign {
namespace {

using base::UserError;

/// Where the weights will come from. Throws what says that they cannot be had.
void find_weights(Forecast& forecast, bool synthetic_allowed, const experiment::Installation& installation) {
  const auto& model = forecast.experiment.model;
  try {
    const auto kind = models::resolve(model, installation.packages).kind;
    forecast.weights =
        kind == models::Reference::Kind::Hub ? Forecast::Weights::OnHub : Forecast::Weights::Real;
  } catch (const UserError& error) {
    if (!synthetic_allowed || !can_be_synthetic(model, installation)) throw;
    forecast.weights = Forecast::Weights::Synthetic;
    forecast.why_synthetic = error.what();
  }
}

void fill(Forecast& forecast, const plan::Request& cpus, const experiment::Installation& installation) {
  // Of what is still to be downloaded the architecture is known where it is a published one.
  const bool synthetic = forecast.weights != Forecast::Weights::Real;
  if (synthetic && !can_be_synthetic(forecast.experiment.model, installation)) return;
  const auto subject = experiment::inspect(forecast.experiment.model, synthetic, installation);
  auto request = request_for(forecast.experiment, subject.model);
  request.plan.cpus = cpus.cpus;
  request.plan.free_cpus = cpus.free_cpus;
  const auto [plan, build] = experiment::preview(request, {subject}, installation);
  forecast.skipped = plan.skipped;
  forecast.cost = plan::estimate(plan);
  forecast.build = build;
  const auto free = experiment::usable_memory(installation);
  for (const auto& group : plan.groups) {
    const auto bytes = plan::expected_memory(plan, group, free).machine;
    forecast.memory_bytes = std::max(forecast.memory_bytes, bytes);
  }
  if (forecast.weights == Forecast::Weights::OnHub)
    forecast.disk_bytes += results::float32_bytes(subject.model.info.parameters);
  for (const auto& artefact : plan.artefacts) forecast.disk_bytes += plan::file_bytes(artefact);
}

}  // namespace

std::vector<Forecast> look_ahead(const std::vector<SuiteExperiment>& experiments, bool synthetic_allowed,
                                 const experiment::Host& host) {
  plan::Request cpus;
  experiment::count_cpus(cpus);
  std::vector<Forecast> forecasts;
  for (const auto& experiment : experiments) {
    auto& forecast = forecasts.emplace_back(Forecast{.experiment = experiment});
    try {
      find_weights(forecast, synthetic_allowed, host.installation);
      fill(forecast, cpus, host.installation);
    } catch (const UserError& error) {
      forecast.problem = error.what();
    }
  }
  return forecasts;
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
