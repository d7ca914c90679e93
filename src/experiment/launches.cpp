#include "experiment/launches.h"

#include <fmt/format.h>

#include "base/error.h"
#include "experiment/repeat.h"
#include "models/models.h"
#include "tensors/safetensors.h"

namespace inferometer::experiment {
namespace {

constexpr const char* kNullLaunch = "null";

class LaunchMaker {
 public:
  LaunchMaker(results::Plan& plan, const Summaries& summaries, InputFiles& inputs, const Workspace& workspace)
      : plan_(plan),
        summaries_(summaries),
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
    const auto& written = inputs_.write(plan_, group, artefact, summaries_);
    facts.artefact = artefact.parts.front().file;
    facts.format = artefact.format;
    facts.shapes = written.shapes;
    facts.input_sets.clear();
    for (const auto& file : written.sets) facts.input_sets.push_back(file.string());
  }

  void add_candidate(results::Group& group, const results::CandidateSpec& candidate) {
    const auto& configuration = candidate.configuration;
    const auto launch = engines::launch(installation_.engine(configuration.engine),
                                        configuration.engine_version, installation_.packages);
    auto& facts = launches_.facts[candidate.id];
    facts.program = launch.program;
    facts.library = launch.library;
    facts.configuration = configuration;
    facts.repeat = repeat_command(plan_, group, candidate);
    set_inputs(facts, group, artefact_of(candidate.artefact, plan_));
  }

  /// Whose outputs those of `candidate` are compared with, or why there is nobody.
  void add_reference(results::Group& group, const results::CandidateSpec& candidate) {
    const auto& artefact = artefact_of(candidate.artefact, plan_);
    const auto& parent = artefact.parent.empty() ? artefact : artefact_of(artefact.parent, plan_);
    auto& request = launches_.request;
    const auto& summary = summaries_.at(parent.key);
    if (!summary.has_parent) {
      request.why_unverified[candidate.id] =
          summary.remarks.empty() ? "the artefact has no float32 parent" : summary.remarks.front();
      return;
    }
    const auto truth = models::truth_engine(parent.format);
    const auto& engine = installation_.engine(truth.engine);
    if (engine.installed_versions.empty()) {
      request.why_unverified[candidate.id] =
          fmt::format("{} computes the reference and is not installed: inferometer packages install {}",
                      truth.engine, engine.package);
      return;
    }
    const auto id = "reference-" + group.id + "-" + parent.key;  // one for all that are compared with it
    request.reference_of[candidate.id] = id;
    if (request.reference_text.contains(id)) return;
    const auto launch = engines::launch(engine, "", installation_.packages);
    auto& facts = launches_.facts[id];
    facts.program = launch.program;
    facts.library = launch.library;
    facts.repeat = launches_.facts.at(candidate.id).repeat;
    facts.configuration = {
        .variant = parent.variant, .engine = truth.engine, .engine_version = launch.version};
    std::string text = truth.engine + (launch.version.empty() ? "" : " " + launch.version);
    for (const auto& [name, value] : truth.options) {
      facts.configuration.options[name] = value;
      text += ", " + name + "=" + value;
    }
    set_inputs(facts, group, parent);
    request.reference_text[id] = text + ", 1 thread";
  }

  /// The engine that runs nothing: it measures our own cost.
  void add_null_engine() {
    const auto built = installation_.builder.build(models::resolve("null", installation_.packages), {}, {});
    const auto launch = engines::launch(installation_.engine("null"), "", installation_.packages);
    const tensors::Tensor input("x", tensors::DType::Float32, {1, 8});
    const auto file = workspace_.scratch.path() / "null.safetensors";
    tensors::write_safetensors(file, std::span(&input, 1));
    launches_.facts[kNullLaunch] = {
        launch.program,     launch.library,  built.file,      built.summary.format,
        {.engine = "null"}, {{"x", {1, 8}}}, {file.string()}, ""};
    launches_.request.null_launch = kNullLaunch;
  }

  results::Plan& plan_;
  const Summaries& summaries_;
  InputFiles& inputs_;
  const Workspace& workspace_;
  const Installation& installation_;
  Launches launches_;
};

}  // namespace

Launches make_launches(results::Plan& plan, const Summaries& summaries, InputFiles& inputs,
                       const Workspace& workspace) {
  return LaunchMaker(plan, summaries, inputs, workspace).make();
}

}  // namespace inferometer::experiment
