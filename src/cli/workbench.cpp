#include "cli/workbench.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "tensors/files.h"

namespace inferometer::cli {
namespace {

constexpr const char* kNullLaunch = "null";

const suite::Model& model_of(const std::string& artefact, const results::Plan& plan,
                             const std::vector<suite::Model>& models) {
  for (std::size_t i = 0; i < plan.artefacts.size(); ++i) {
    if (plan.artefacts[i].key == artefact) return models.at(i);
  }
  INFEROMETER_CHECK(false, "artefact " + artefact);
  std::abort();
}

/// All models of a group get the same values, so an index must exist in the smallest table.
results::ModelSummary with_smallest_tables(results::ModelSummary summary, const results::Group& group,
                                           const results::Plan& plan,
                                           const std::vector<suite::Model>& models) {
  for (const auto& candidate : group.candidates) {
    for (const auto& other : model_of(candidate.artefact, plan, models).summary.inputs) {
      for (auto& input : summary.inputs) {
        if (input.name != other.name || other.index_bound == 0) continue;
        input.index_bound =
            input.index_bound == 0 ? other.index_bound : std::min(input.index_bound, other.index_bound);
      }
    }
  }
  return summary;
}

/// What is asked of the inputs but for where their values come from.
inputs::Request input_request(const results::Group& group, const suite::Model& model,
                              const results::Plan& plan, const std::vector<suite::Model>& models) {
  inputs::Request request;
  request.model = with_smallest_tables(model.summary, group, plan, models);
  request.batch_size = group.workload.batch_size;
  request.sequence_length = group.workload.sequence_length;
  request.dims = group.workload.dims;
  request.seed = plan.seed;
  return request;
}

/// A word for a POSIX shell.
std::string shell_word(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\n'\"$&;|<>(){}[]*?\\`~#!") == std::string::npos) return word;
  std::string text = "'";
  for (const char letter : word) text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return text + "'";
}

/// The command that measures this candidate alone on the same inputs.
std::string repeat_command(const results::Plan& plan, const results::Group& group,
                           const results::CandidateSpec& candidate, const suite::Model& model,
                           const InputSources& sources) {
  const auto& configuration = candidate.configuration;
  std::string words = configuration.engine;
  if (!configuration.engine_version.empty()) words += "@" + configuration.engine_version;
  words += fmt::format(",precision={},threads={}", configuration.precision, configuration.threads);
  for (const auto& [name, value] : configuration.options) words += "," + name + "=" + value;
  std::string text = "inferometer compare " + shell_word(model.name) + " --candidate " + shell_word(words);
  for (const auto& [name, file] : sources.files)
    text += " --input " + shell_word(name.empty() ? file : name + "=" + file);
  if (!sources.texts.empty()) text += " --texts " + shell_word(sources.texts);
  if (!sources.images.empty()) text += " --images " + shell_word(sources.images);
  if (group.workload.batch_size > 1) text += fmt::format(" --batch-sizes {}", group.workload.batch_size);
  if (group.workload.sequence_length > 0)
    text += fmt::format(" --sequence-lengths {}", group.workload.sequence_length);
  for (const auto& [name, size] : group.workload.dims)
    text += " --dim " + shell_word(fmt::format("{}={}", name, size));
  if (model.artefact.synthetic_weights) text += " --synthetic-weights";
  if (plan.rank_unverified) text += " --rank-unverified";
  return text + fmt::format(" --seed {} --mode quick", plan.seed);
}

}  // namespace

Workbench::Workbench(bool synthetic_weights)
    : synthetic_weights_(synthetic_weights),
      store_(packages::Store::open()),
      discovery_(engines::discover(base::libexec_folder(), store_)),
      preparer_(base::libexec_folder() / "inferometer-prepare", base::cache_folder() / "artefacts"),
      scratch_("experiment") {
  request_.scratch_folder = scratch_.path().string();
}

suite::Model Workbench::inspect(const std::string& name) const {
  suite::Model model;
  model.name = name;
  model.summary = preparer_.inspect(models::resolve(name, store_, synthetic_weights_));
  model.artefact.model = name;
  model.artefact.variant = model.summary.variant;
  model.artefact.format = model.summary.format;
  return model;
}

suite::Model Workbench::prepare(const std::string& name,
                                const std::function<void(const std::string&)>& tell) {
  const auto reference = preparer_.obtain(models::resolve(name, store_, synthetic_weights_), tell);
  const auto prepared = preparer_.prepare(reference, tell);
  if (reference.kind == models::Reference::Kind::Checkpoint)
    tokenizers_[name] = reference.path / "tokenizer.json";
  else if (!reference.path.empty())
    tokenizers_[name] = reference.path.parent_path() / "tokenizer.json";
  suite::Model model;
  model.name = name;
  model.summary = prepared.summary;
  auto& artefact = model.artefact;
  artefact.model = name;
  artefact.variant = prepared.summary.variant;
  artefact.format = prepared.summary.format;
  artefact.file = prepared.file;
  artefact.sha256 = prepared.summary.sha256;
  artefact.size_bytes = prepared.summary.size_bytes;
  artefact.recipe = prepared.recipe;
  artefact.synthetic_weights = prepared.summary.synthetic_weights;
  artefact.parameters = prepared.summary.parameters;
  preparations_.push_back({fmt::format("a{}", preparations_.size()), prepared.recipe, prepared.cached,
                           prepared.duration_ns, prepared.peak_rss_bytes});
  return model;
}

void Workbench::check_shapes(const results::Plan& plan, const std::vector<suite::Model>& models) {
  for (const auto& group : plan.groups) {
    for (const auto& candidate : group.candidates)
      inputs::resolve_shapes(input_request(group, model_of(candidate.artefact, plan, models), plan, models));
  }
}

void Workbench::lay_out(results::Plan& plan, const std::vector<suite::Model>& models,
                        const InputSources& sources) {
  for (auto& group : plan.groups) lay_out_group(plan, group, models, sources);
  add_null_engine();
}

void Workbench::lay_out_group(results::Plan& plan, results::Group& group,
                              const std::vector<suite::Model>& models, const InputSources& sources) {
  std::map<std::string, inputs::Made> made_for;  // artefact key -> its input files
  for (const auto& candidate : group.candidates) {
    const auto& model = model_of(candidate.artefact, plan, models);
    auto made = made_for.find(candidate.artefact);
    if (made == made_for.end()) {
      auto request = input_request(group, model, plan, models);
      request.files = sources.files;
      request.texts = sources.texts;
      request.images = sources.images;
      if (!sources.texts.empty()) request.tokenizer = tokenizers_[model.name];
      const auto folder = scratch_.path() / (group.id + "-" + candidate.artefact);
      std::filesystem::create_directories(folder);
      made = made_for
                 .emplace(candidate.artefact,
                          inputs::make(request, base::libexec_folder() / "inferometer-prepare", folder))
                 .first;
      auto values = made->second.unequal;
      values.insert(values.begin(), made->second.values);
      group.workload.values = base::join(values, "; ");
    }
    const auto launch = engines::launch(engine(candidate.configuration.engine),
                                        candidate.configuration.engine_version, store_);
    measure::LaunchFacts facts{launch.program,
                               launch.library,
                               model.artefact.file,
                               model.artefact.format,
                               candidate.configuration,
                               made->second.shapes,
                               {},
                               repeat_command(plan, group, candidate, model, sources)};
    for (const auto& file : made->second.sets) facts.input_sets.push_back(file.string());
    facts_[candidate.id] = facts;
    add_reference(group, candidate, model);
  }
}

void Workbench::add_reference(const results::Group& group, const results::CandidateSpec& candidate,
                              const suite::Model& model) {
  if (!model.summary.has_parent) {
    request_.why_unverified[candidate.id] =
        model.summary.remarks.empty() ? "the artefact has no float32 parent" : model.summary.remarks.front();
    return;
  }
  const auto truth = models::truth_engine(model.artefact.format);
  const auto& capabilities = engine(truth.engine);
  if (capabilities.installed_versions.empty()) {
    request_.why_unverified[candidate.id] =
        fmt::format("{} computes the reference and is not installed: inferometer packages install {}",
                    truth.engine, capabilities.package);
    return;
  }
  auto reference = facts_.at(candidate.id);
  const auto launch = engines::launch(capabilities, "", store_);
  reference.program = launch.program;
  reference.library = launch.library;
  reference.configuration = {
      .variant = model.artefact.variant, .engine = truth.engine, .engine_version = launch.version};
  std::string text = truth.engine + (launch.version.empty() ? "" : " " + launch.version);
  for (const auto& [name, value] : truth.options) {
    reference.configuration.options[name] = value;
    text += ", " + name + "=" + value;
  }
  const auto id =
      "reference-" + group.id + "-" + candidate.artefact;  // one for all candidates of the artefact
  facts_[id] = reference;
  request_.reference_of[candidate.id] = id;
  request_.reference_text[id] = text + ", 1 thread";
}

void Workbench::add_null_engine() {
  const auto prepared = preparer_.prepare(models::resolve("null", store_), [](const std::string&) {});
  const auto launch = engines::launch(engine("null"), "", store_);
  tensors::Tensor input("x", tensors::DType::Float32, {1, 8});
  const auto file = scratch_.path() / "null.safetensors";
  tensors::write_safetensors(file, std::span(&input, 1));
  facts_[kNullLaunch] = {launch.program,     launch.library,  prepared.file,   prepared.summary.format,
                         {.engine = "null"}, {{"x", {1, 8}}}, {file.string()}, ""};
  request_.null_launch = kNullLaunch;
}

std::unique_ptr<measure::Launcher> Workbench::launcher() const {
  return std::make_unique<measure::SessionLauncher>(facts_, session::Deadlines{});
}

const results::Capabilities& Workbench::engine(const std::string& name) const {
  for (const auto& engine : discovery_.engines) {
    if (engine.engine == name) return engine;
  }
  throw base::UserError(
      fmt::format("the worker of engine '{}' is missing from {}: build or install the project again", name,
                  base::libexec_folder().string()));
}

}  // namespace inferometer::cli
