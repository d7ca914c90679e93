#include "experiment/repeat.h"

#include <fmt/format.h>

#include "base/text.h"
#include "experiment/input_request.h"

namespace inferometer::experiment {
namespace {

/// As after --candidate.
std::string candidate_words(const results::Configuration& configuration, bool names_variant) {
  std::string words = configuration.engine;
  if (!configuration.engine_version.empty()) words += "@" + configuration.engine_version;
  words += fmt::format(",precision={},threads={}", configuration.precision, configuration.threads);
  if (configuration.device != results::Configuration().device) words += ",device=" + configuration.device;
  if (names_variant) words += ",variant=" + configuration.variant;
  for (const auto& [name, value] : configuration.options) words += "," + name + "=" + value;
  return words;
}

std::string source_words(const results::InputSources& sources) {
  std::string text;
  for (const auto& [name, file] : sources.files)
    text += " --input " + base::shell_word(name.empty() ? file : name + "=" + file);
  if (!sources.texts.empty()) text += " --texts " + base::shell_word(sources.texts);
  if (!sources.images.empty()) text += " --images " + base::shell_word(sources.images);
  if (!sources.image_scaling.empty()) text += " --image-scaling " + sources.image_scaling;
  return text;
}

std::string workload_words(const results::Workload& workload) {
  std::string text;
  if (workload.batch_size > 1) text += fmt::format(" --batch-sizes {}", workload.batch_size);
  if (workload.sequence_length > 0) text += fmt::format(" --sequence-lengths {}", workload.sequence_length);
  if (workload.scenario.kind == results::ScenarioKind::Generate) {
    text += fmt::format(" --prompt-lengths {} --new-tokens {}", workload.scenario.prompt_length,
                        workload.scenario.new_tokens);
  }
  for (const auto& [name, size] : workload.dims)
    text += " --dim " + base::shell_word(fmt::format("{}={}", name, size));
  return text;
}

}  // namespace

std::string repeat_command(const results::Plan& plan, const results::Group& group,
                           const results::CandidateSpec& candidate) {
  const auto& artefact = artefact_of(candidate.artefact, plan);
  std::string text = "inferometer compare " + base::shell_word(artefact.model) + " --candidate " +
                     base::shell_word(candidate_words(candidate.configuration, !artefact.parent.empty())) +
                     source_words(plan.inputs) + workload_words(group.workload);
  if (artefact.synthetic_weights) text += " --synthetic-weights";
  if (plan.rank_unverified) text += " --rank-unverified";
  return text + fmt::format(" --seed {} --mode quick", plan.seed);
}

}  // namespace inferometer::experiment
