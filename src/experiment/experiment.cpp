#include "experiment/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "experiment/environment.h"
#include "experiment/old_records.h"
#include "machine/machine.h"
#include "record/reader.h"

namespace inferometer::experiment {
namespace {

/// Leaves room for the coordinator, for reference outputs and for an estimate that is too low.
constexpr double kUsableShare = 0.8;

/// Values that do not fit the model are refused before an hour of conversions, not after it.
void write_inputs_of_originals(results::Plan& plan, const Infos& infos, InputFiles& inputs) {
  for (auto& group : plan.groups) {
    std::set<std::string> originals;
    for (const auto& candidate : group.candidates) {
      const auto& artefact = artefact_of(candidate.artefact, plan);
      originals.insert(artefact.parent.empty() ? artefact.key : artefact.parent);
    }
    for (const auto& key : originals) inputs.write(plan, group, artefact_of(key, plan), infos);
  }
}

/// The models of a recorded plan, with real or random weights as then.
Subjects obtain_again(const results::Plan& plan, const Host& host) {
  std::vector<std::string> names;
  bool synthetic = false;
  for (const auto& artefact : plan.artefacts) {
    if (std::find(names.begin(), names.end(), artefact.model) == names.end()) names.push_back(artefact.model);
    synthetic = synthetic || artefact.synthetic_weights;
  }
  return obtain_all(names, synthetic, host.installation,
                    [&](const std::string& sentence) { host.observer.say(sentence); });
}

}  // namespace

Ended run(const Request& request, const Subjects& subjects, const Host& host) {
  const Workspace workspace{host, subjects, request.inputs};
  auto plan = make_plan(request, subjects, host.installation);
  InputFiles inputs(workspace);
  ArtefactBuilder artefacts(workspace, inputs);
  artefacts.build_originals(plan);
  write_inputs_of_originals(plan, artefacts.infos(), inputs);
  artefacts.build_variants(plan);
  plan::split_into_waves(plan, request.memory.value_or(usable_memory(host.installation)));
  const auto launches = make_launches(plan, artefacts.infos(), inputs, workspace);
  const auto environment = environment_of(plan, host.installation);
  return run_recorded({request.title, plan, environment, artefacts.preparations(), {}}, launches,
                      host.observer);
}

Ended resume(const ResumeRequest& request, const Host& host) {
  const auto recorded = record::read(request.record);
  const auto refuse = [&](const std::string& why) {
    throw CannotResume(fmt::format("experiment {} cannot be resumed: {}", recorded.id.substr(0, 8), why));
  };
  const auto environment = environment_of(recorded.plan, host.installation);
  if (!environment.same_class(recorded.environment))
    refuse("the machine or its software is not the one that it was measured on: start a new experiment");
  auto plan = recorded.plan;
  fill_from_arguments(plan);
  const Workspace workspace{host, obtain_again(plan, host), request.inputs.value_or(plan.inputs)};
  InputFiles inputs(workspace);
  ArtefactBuilder artefacts(workspace, inputs);
  artefacts.build_originals(plan);
  artefacts.build_variants(plan);
  if (const auto why = why_not_resumed(recorded.plan, plan); !why.empty())
    refuse(why + ": put that right and resume again, or start a new experiment");
  const auto launches = make_launches(plan, artefacts.infos(), inputs, workspace);
  return run_recorded({recorded.title, plan, environment, artefacts.preparations(), request.record}, launches,
                      host.observer);
}

Preview preview(const Request& request, const Subjects& subjects, const Installation& installation) {
  Preview preview;
  preview.plan = make_plan(request, subjects, installation);
  preview.build = build_cost(preview.plan, subjects);
  plan::split_into_waves(preview.plan, request.memory.value_or(usable_memory(installation)));
  return preview;
}

plan::Memory usable_memory(const Installation& installation) {
  const auto share = [](std::int64_t bytes) {
    return static_cast<std::int64_t>(kUsableShare * static_cast<double>(bytes));
  };
  plan::Memory memory{share(machine::read_pressure().memory_available_bytes), {}};
  for (const auto& engine : installation.discovery.engines) {
    for (const auto& device : engine.devices) {
      if (results::has_own_memory(device)) memory.devices[device.id] = share(device.memory_bytes);
    }
  }
  return memory;
}

std::string why_not_resumed(const results::Plan& recorded, const results::Plan& now) {
  for (const auto& artefact : recorded.artefacts) {
    const auto found = std::find_if(now.artefacts.begin(), now.artefacts.end(),
                                    [&](const auto& one) { return one.key == artefact.key; });
    const auto what = artefact.variant + " of " + base::printable(artefact.model);
    if (found == now.artefacts.end()) return what + " cannot be built any more";
    if (found->sha256 != artefact.sha256) return what + " is another file now";
  }
  return {};
}

}  // namespace inferometer::experiment
