#include "plan/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace inferometer::plan {

using results::CandidateSpec;

void label_candidates(results::Group& group, const std::vector<results::Artefact>& artefacts) {
  const auto differs = [&](auto&& field) {
    return std::any_of(group.candidates.begin(), group.candidates.end(), [&](const auto& candidate) {
      return field(candidate) != field(group.candidates.front());
    });
  };
  const auto model_of = [&](const CandidateSpec& candidate) -> const std::string& {
    return std::find_if(artefacts.begin(), artefacts.end(),
                        [&](const auto& one) { return one.key == candidate.artefact; })
        ->model;
  };
  const bool models = differs(model_of);
  const bool variants = differs([](const auto& candidate) { return candidate.configuration.variant; });
  const bool precisions = differs([](const auto& candidate) { return candidate.configuration.precision; });
  const bool devices = differs([](const auto& candidate) { return candidate.configuration.device; });
  const bool threads = differs([](const auto& candidate) { return candidate.configuration.threads; });
  std::map<std::string, std::set<std::string>> versions;
  for (const auto& candidate : group.candidates) {
    versions[candidate.configuration.engine].insert(candidate.configuration.engine_version);
  }
  std::map<std::string, int> seen;
  for (auto& candidate : group.candidates) {
    const auto& configuration = candidate.configuration;
    std::string label = candidate.label;  // its name in a set says all that a set can differ in
    const bool named = !label.empty();
    if (!named) label = configuration.engine;
    if (!named && versions[configuration.engine].size() > 1) label += "@" + configuration.engine_version;
    if (!named && variants) label += " " + configuration.variant;
    if (!named && precisions) label += " " + configuration.precision;
    if (devices) label += " " + configuration.device;  // a set may be run on several
    if (threads)
      label += fmt::format(" {} thread{}", configuration.threads, configuration.threads == 1 ? "" : "s");
    if (!named) {
      for (const auto& [name, value] : configuration.options) label += " " + name + "=" + value;
    }
    if (models) {
      const auto& model = model_of(candidate);
      const auto slash = model.find_last_of('/');
      label += " " + (slash == std::string::npos ? model : model.substr(slash + 1));
    }
    if (const int count = ++seen[label]; count > 1) label += fmt::format(" #{}", count);
    candidate.label = label;
  }
}

}  // namespace inferometer::plan
