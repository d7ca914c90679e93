#include "plan/runnable.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/field_error.h"
#include "base/text.h"
#include "plan/checks.h"

namespace inferometer::plan {
namespace {

using results::Capabilities;
using results::SkippedCell;

void add_once(std::vector<SkippedCell>& skipped, const SkippedCell& cell) {
  const bool known = std::any_of(skipped.begin(), skipped.end(), [&](const auto& other) {
    return other.label == cell.label && other.reason == cell.reason;
  });
  if (!known) skipped.push_back(cell);
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What to ask for instead of a variant that the engine does not run; empty: there is nothing.
std::string other_variant(const Capabilities& engine, const Model& model) {
  for (const auto& variant : model.variants) {
    if (runs(engine, variant)) return "ask for variant " + to_text(variant.variant);
  }
  return {};
}

/// False, with the reason in `skipped`, when the version is not installed.
bool choose_version(const Capabilities& engine, results::Configuration& configuration,
                    std::vector<SkippedCell>& skipped) {
  const auto& installed = engine.installed_versions;
  const std::string asked = configuration.engine_version;
  if (asked.empty() && !installed.empty()) {
    configuration.engine_version = installed.front();
    return true;
  }
  if (contains(installed, asked)) return true;
  const std::string label = engine.engine + (asked.empty() ? "" : "@" + asked);
  if (engine.package.empty())
    throw base::FieldError("engines", label + ": this engine has no versions; leave '@" + asked + "' out");
  add_once(skipped, {label, label + " is not installed",
                     "inferometer packages install " + engine.package + (asked.empty() ? "" : "@" + asked)});
  return false;
}

}  // namespace

bool can_run(Choice& choice, const Model& model, const Capabilities& engine,
             std::vector<SkippedCell>& skipped) {
  auto& configuration = choice.configuration;
  const auto& name = choice.name;
  if (!runs(engine, choice.variant)) {
    add_once(skipped, {name.empty() ? engine.engine : name,
                       fmt::format("{} does not run {} files", engine.engine, choice.variant.variant.format),
                       other_variant(engine, model)});
    return false;
  }
  if (model.generates && !contains(engine.scenarios, "generate")) {
    add_once(skipped, {name.empty() ? engine.engine : name, engine.engine + " does not generate text", ""});
    return false;
  }
  if (!choice.variant.can_be_built) {
    const auto& tool = choice.variant.toolchain;
    add_once(skipped, {name.empty() ? engine.engine + " " + to_text(choice.variant.variant) : name,
                       tool + " is missing or damaged here, and it builds " + to_text(choice.variant.variant),
                       "inferometer packages install " + tool});
    return false;
  }
  if (!contains(engine.precisions, configuration.precision)) {
    add_once(skipped, {engine.engine + " " + configuration.precision,
                       fmt::format("{} does not compute in {} (it does: {})", engine.engine,
                                   configuration.precision, base::join(engine.precisions, ", ")),
                       ""});
    return false;
  }
  if (const auto devices = device_ids(engine); !contains(devices, configuration.device)) {
    add_once(skipped, {engine.engine + " " + configuration.device,
                       fmt::format("{} does not offer device {} (it does: {})", engine.engine,
                                   configuration.device, base::join(devices, ", ")),
                       ""});
    return false;
  }
  return choose_version(engine, configuration, skipped);
}

}  // namespace inferometer::plan
