#include "experiment/environment.h"

#include <algorithm>

#include "machine/machine.h"
#include "process/environment.h"

namespace inferometer::experiment {
namespace {

/// The machine itself describes the CPU.
void add_device(std::vector<results::Device>& devices, const results::Device& device) {
  const auto found =
      std::find_if(devices.begin(), devices.end(), [&](const auto& one) { return one.id == device.id; });
  if (found == devices.end()) devices.push_back(device);
}

}  // namespace

results::Environment environment_of(const results::Plan& plan, const Installation& installation) {
  auto environment = machine::read_environment();
  environment.variables = process::inherited_engine_variables();
  for (const auto& group : plan.groups) {
    for (const auto& candidate : group.candidates) {
      const auto& configuration = candidate.configuration;
      for (const auto& device : installation.engine(configuration.engine).devices) {
        if (device.id == configuration.device) add_device(environment.devices, device);
      }
    }
  }
  return environment;
}

}  // namespace inferometer::experiment
