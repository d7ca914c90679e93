#include "campaign/one_experiment.h"

#include "base/error.h"
#include "campaign/inputs.h"
#include "record/list.h"
#include "record/reader.h"

namespace inferometer::campaign {
namespace {

namespace fs = std::filesystem;

/// A record of this experiment that an earlier invocation of the same campaign left, newest first; empty:
/// none. Another one may have had the same folder before.
fs::path earlier_record(const SuiteExperiment& experiment, const std::string& campaign_id) {
  for (const auto& entry : record::list(record::record_folder())) {
    const bool usable = entry.state != "damaged" && entry.title == "suite " + experiment.folder;
    if (usable && record::read(entry.file).plan.suite == campaign_id) return entry.file;
  }
  return {};
}

/// The model with its weights. Random ones stand in for what cannot be downloaded, where the file allows it.
experiment::Subject obtain(const Forecast& forecast, const Campaign& campaign, const experiment::Host& host,
                           bool& synthetic) {
  const auto& name = forecast.experiment.model;
  const auto notify = [&](const std::string& sentence) { host.observer.say(sentence); };
  const auto with = [&](bool random) {
    synthetic = random;
    return experiment::obtain_all({name}, random, host.installation, notify).front();
  };
  std::string why = forecast.why_synthetic;
  if (forecast.weights != Forecast::Weights::Synthetic) {
    try {
      return with(false);
    } catch (const base::UserError& error) {
      const bool may_be_random = forecast.weights == Forecast::Weights::OnHub &&
                                 campaign.file.synthetic_for_missing.value_or(false) &&
                                 can_be_synthetic(name, host.installation);
      if (!may_be_random) throw;
      why = error.what();
    }
  }
  host.observer.say("using random weights: " + why);
  return with(true);
}

}  // namespace

experiment::Ended run_experiment(const Forecast& forecast, const Campaign& campaign,
                                 const experiment::Host& host) {
  const auto& planned = forecast.experiment;
  const auto record = earlier_record(planned, campaign.state.id);
  auto recorded = record.empty() ? results::Experiment() : record::read(record);
  if (recorded.ended) return {std::move(recorded), record};
  bool synthetic = false;
  const auto subject = obtain(forecast, campaign, host, synthetic);
  const auto sources = suite_inputs(campaign, subject.model);
  if (!record.empty()) {
    try {
      return experiment::resume({record, sources}, host);
    } catch (const experiment::CannotResume& error) {
      host.observer.say(planned.folder + " is measured anew: " + error.what());
    }
  }
  auto request = request_for(planned, subject.model);
  request.synthetic_weights = synthetic;
  request.plan.command = campaign.state.command;
  request.inputs = sources;
  request.suite = campaign.state.id;
  request.suite_folder = campaign.results.string();
  return experiment::run(request, {subject}, host);
}

}  // namespace inferometer::campaign
