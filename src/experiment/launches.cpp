#include "experiment/launches.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "engines/launch.h"
#include "experiment/repeat.h"
#include "models/models.h"
#include "tensors/safetensors.h"

namespace inferometer::experiment {
namespace {

constexpr const char* kNullLaunch = "null";

/// Empty where no output holds any.
std::string output_of_scores(const results::ModelPart& part) {
  using results::Meaning;
  const auto found = std::find_if(part.outputs.begin(), part.outputs.end(), [](const auto& output) {
    return output.meaning == Meaning::ClassScores || output.meaning == Meaning::TokenScores;
  });
  return found == part.outputs.end() ? std::string() : found->name;
}

class LaunchMaker {
 public:
  LaunchMaker(results::Plan& plan, const Infos& infos, InputFiles& inputs, const Workspace& workspace)
      : plan_(plan),
        infos_(infos),
        inputs_(inputs),
        workspace_(workspace),
        installation_(workspace.host.installation) {}

  Launches make() {
    launches_.request.scratch_folder = workspace_.scratch.path().string();
    for (auto& group : plan_.groups) {
      for (const auto& candidate : group.candidates) {
        add_candidate(group, candidate);
        add_reference(group, candidate);
      }
    }
    add_null_engine();
    return std::move(launches_);
  }

 private:
  void set_inputs(measure::LaunchFacts& facts, results::Group& group, const results::Artefact& artefact) {
    const auto& written = inputs_.write(plan_, group, artefact, infos_);
    facts.parts = artefact.parts;
    facts.workload = group.workload;
    facts.format = artefact.format;
    facts.shapes = written.shapes;
    facts.input_sets.clear();
    for (const auto& file : written.sets) facts.input_sets.push_back(file.string());
  }

  void add_candidate(results::Group& group, const results::CandidateSpec& candidate) {
    const auto& configuration = candidate.configuration;
    auto& facts = launches_.facts[candidate.id];
    facts.launch = engines::launch(installation_.engine(configuration.engine), configuration.engine_version,
                                   installation_.packages);
    facts.configuration = configuration;
    facts.repeat = repeat_command(plan_, group, candidate);
    set_inputs(facts, group, artefact_of(candidate.artefact, plan_));
  }

  /// Whose outputs those of `candidate` are compared with, or why there is nobody.
  void add_reference(results::Group& group, const results::CandidateSpec& candidate) {
    const auto& artefact = artefact_of(candidate.artefact, plan_);
    const auto& parent = artefact.parent.empty() ? artefact : artefact_of(artefact.parent, plan_);
    auto& request = launches_.request;
    const auto& info = infos_.at(parent.key);
    launches_.scores[candidate.id] = output_of_scores(results::entry_part(info));
    if (!info.has_parent) {
      request.why_unverified[candidate.id] =
          info.remarks.empty() ? "the artefact has no float32 parent" : info.remarks.front();
      return;
    }
    const auto& [engine, options] = engines::reference_for(parent.format, installation_.discovery.engines);
    if (engine.installed_versions.empty()) {
      request.why_unverified[candidate.id] =
          fmt::format("{} computes the reference and is not installed: inferometer packages install {}",
                      engine.engine, engine.package);
      return;
    }
    const auto id = "reference-" + group.id + "-" + parent.key;  // one for all that are compared with it
    request.reference_of[candidate.id] = id;
    if (request.reference_text.contains(id)) return;
    auto& facts = launches_.facts[id];
    facts.launch = engines::launch(engine, "", installation_.packages);
    facts.repeat = launches_.facts.at(candidate.id).repeat;
    facts.configuration = {
        .variant = parent.variant, .engine = engine.engine, .engine_version = facts.launch.version};
    std::string text = engine.engine + (facts.launch.version.empty() ? "" : " " + facts.launch.version);
    for (const auto& [name, value] : options) {
      facts.configuration.options[name] = value;
      text += ", " + name + "=" + value;
    }
    set_inputs(facts, group, parent);
    request.reference_text[id] = text + ", 1 thread";
  }

  /// The engine that runs nothing: it measures our own cost.
  void add_null_engine() {
    const auto built = installation_.builder.build(models::resolve("null", installation_.packages), {}, {});
    const tensors::Tensor input("x", tensors::DType::Float32, {1, 8});
    const auto file = workspace_.scratch.path() / "null.safetensors";
    tensors::write_safetensors(file, std::span(&input, 1));
    auto& facts = launches_.facts[kNullLaunch];
    facts.launch = engines::launch(installation_.engine("null"), "", installation_.packages);
    facts.parts = built.parts;
    facts.format = built.info.variant.format;
    facts.configuration.engine = "null";
    facts.shapes = {{"x", {1, 8}}};
    facts.input_sets = {file.string()};
    launches_.request.null_launch = kNullLaunch;
  }

  results::Plan& plan_;
  const Infos& infos_;
  InputFiles& inputs_;
  const Workspace& workspace_;
  const Installation& installation_;
  Launches launches_;
};

}  // namespace

Launches make_launches(results::Plan& plan, const Infos& infos, InputFiles& inputs,
                       const Workspace& workspace) {
  return LaunchMaker(plan, infos, inputs, workspace).make();
}

}  // namespace inferometer::experiment
