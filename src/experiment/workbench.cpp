#include "experiment/workbench.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "engines/launch.h"
#include "inputs/shapes.h"
#include "machine/machine.h"
#include "models/variants.h"
#include "tensors/safetensors.h"

namespace inferometer::experiment {
namespace {

constexpr const char* kNullLaunch = "null";
constexpr std::uint64_t kSampleSeed = 20'240'229;

/// Where a model's tokenizer would lie.
std::string tokenizer_of(const models::Reference& reference) {
  if (reference.path.empty()) return {};
  const bool folder = reference.kind == models::Reference::Kind::Checkpoint;
  return (folder ? reference.path : reference.path.parent_path()) / "tokenizer.json";
}

const results::Artefact& artefact_of(const std::string& key, const results::Plan& plan) {
  for (const auto& artefact : plan.artefacts) {
    if (artefact.key == key) return artefact;
  }
  INFEROMETER_CHECK(false, "artefact " + key);
  std::abort();
}

builder_client::Target target_of(const results::Artefact& artefact, const std::string& variant) {
  return {variant,
          artefact.batch_size,
          artefact.sequence_length,
          {},
          machine::read_pressure().memory_available_bytes};
}

/// The candidates of a plan that are left when those of `artefact` cannot run.
void skip_candidates(results::Plan& plan, const results::Artefact& artefact, const std::string& reason) {
  for (auto& group : plan.groups) {
    std::erase_if(group.candidates, [&](const results::CandidateSpec& candidate) {
      if (candidate.artefact != artefact.key) return false;
      plan.skipped.push_back({candidate.label, reason, ""});
      return true;
    });
    const bool has_baseline = std::any_of(group.candidates.begin(), group.candidates.end(),
                                          [&](const auto& one) { return one.id == group.baseline; });
    if (!has_baseline && !group.candidates.empty()) group.baseline = group.candidates.front().id;
  }
  std::erase_if(plan.groups, [](const auto& group) { return group.candidates.empty(); });
  if (plan.groups.empty()) throw base::UserError("nothing can run: " + reason);
}

/// The command that measures this candidate alone on the same inputs.
std::string repeat_command(const results::Plan& plan, const results::Group& group,
                           const results::CandidateSpec& candidate, const InputSources& sources) {
  const auto& configuration = candidate.configuration;
  const auto& artefact = artefact_of(candidate.artefact, plan);
  std::string words = configuration.engine;
  if (!configuration.engine_version.empty()) words += "@" + configuration.engine_version;
  words += fmt::format(",precision={},threads={}", configuration.precision, configuration.threads);
  if (!artefact.parent.empty()) words += ",variant=" + configuration.variant;
  for (const auto& [name, value] : configuration.options) words += "," + name + "=" + value;
  std::string text =
      "inferometer compare " + base::shell_word(artefact.model) + " --candidate " + base::shell_word(words);
  for (const auto& [name, file] : sources.files)
    text += " --input " + base::shell_word(name.empty() ? file : name + "=" + file);
  if (!sources.texts.empty()) text += " --texts " + base::shell_word(sources.texts);
  if (!sources.images.empty()) text += " --images " + base::shell_word(sources.images);
  if (!sources.image_scaling.empty()) text += " --image-scaling " + sources.image_scaling;
  if (group.workload.batch_size > 1) text += fmt::format(" --batch-sizes {}", group.workload.batch_size);
  if (group.workload.sequence_length > 0)
    text += fmt::format(" --sequence-lengths {}", group.workload.sequence_length);
  for (const auto& [name, size] : group.workload.dims)
    text += " --dim " + base::shell_word(fmt::format("{}={}", name, size));
  if (artefact.synthetic_weights) text += " --synthetic-weights";
  if (plan.rank_unverified) text += " --rank-unverified";
  return text + fmt::format(" --seed {} --mode quick", plan.seed);
}

}  // namespace

Workbench::Workbench(bool synthetic_weights)
    : synthetic_weights_(synthetic_weights),
      store_(packages::Installed::open()),
      discovery_(engines::discover(base::libexec_folder(), store_)),
      builder_(base::libexec_folder() / "inferometer-builder", base::cache_folder() / "artefacts"),
      scratch_("experiment") {
  request_.scratch_folder = scratch_.path().string();
}

plan::Model Workbench::inspect(const std::string& name) {
  return look_at(name, models::resolve(name, store_, synthetic_weights_));
}

plan::Model Workbench::obtain(const std::string& name, const Tell& tell) {
  return look_at(name, builder_.obtain(models::resolve(name, store_, synthetic_weights_), tell));
}

plan::Model Workbench::look_at(const std::string& name, const models::Reference& reference) {
  plan::Model model{name, builder_.inspect(reference), {}};
  model.variants = models::variants_of(reference, model.summary);
  for (auto& variant : model.variants)
    variant.can_be_made = variant.toolchain.empty() || !store_.versions_of(variant.toolchain).empty();
  references_[name] = reference;
  models_[name] = model;
  return model;
}

void Workbench::check_shapes(const results::Plan& plan) const {
  for (const auto& group : plan.groups) {
    for (const auto& candidate : group.candidates)
      inputs::resolve_shapes(input_request(plan, group, artefact_of(candidate.artefact, plan)));
  }
}

void Workbench::prepare(results::Plan& plan, const InputSources& sources, const Tell& tell) {
  std::vector<results::Artefact> prepared;
  for (auto& artefact : plan.artefacts) {
    try {
      summaries_[artefact.key] = prepare_artefact(artefact, sources, tell);
      prepared.push_back(artefact);
      if (artefact.parent.empty()) try_inputs(plan, artefact, sources);
    } catch (const base::UserError& error) {
      // Without the model itself there is nothing; without one of its variants there are the others.
      if (artefact.parent.empty()) throw;
      skip_candidates(plan, artefact, error.what());
      tell(error.what());
    }
  }
  plan.artefacts = std::move(prepared);
}

/// Values that do not fit are refused before an hour of conversions, not after it.
void Workbench::try_inputs(results::Plan& plan, const results::Artefact& own, const InputSources& sources) {
  for (auto& group : plan.groups) {
    const bool is_theirs =
        std::any_of(group.candidates.begin(), group.candidates.end(), [&](const auto& one) {
          return one.artefact == own.key || artefact_of(one.artefact, plan).parent == own.key;
        });
    if (is_theirs) inputs_of(plan, group, own, sources);
  }
}

Workbench::Making Workbench::making(const results::Plan& plan) const {
  Making all;
  for (const auto& artefact : plan.artefacts) {
    const auto* conversion = models::conversion_to(references_.at(artefact.model).kind, artefact.variant);
    if (conversion == nullptr) continue;
    const auto weights_bytes = results::float32_bytes(artefact.parameters);
    all.bytes = std::max(all.bytes, models::peak_bytes(*conversion, weights_bytes));
    all.seconds += models::expected_seconds(*conversion, weights_bytes);
  }
  return all;
}

results::ModelSummary Workbench::prepare_artefact(results::Artefact& artefact, const InputSources& sources,
                                                  const Tell& tell) {
  const auto prepared = make(artefact, sources, tell);
  artefact.parts = {{"model", prepared.file.string(), prepared.summary.sha256, prepared.summary.size_bytes}};
  artefact.sha256 = prepared.summary.sha256;
  artefact.size_bytes = prepared.summary.size_bytes;
  artefact.recipe = prepared.recipe;
  artefact.synthetic_weights = prepared.summary.synthetic_weights;
  artefact.parameters = prepared.summary.parameters;
  preparations_.push_back(
      {artefact.key, prepared.recipe, prepared.cached, prepared.duration_ns, prepared.peak_rss_bytes});
  return prepared.summary;
}

builder_client::Builder::Built Workbench::make(const results::Artefact& artefact, const InputSources& sources,
                                               const Tell& tell) {
  const auto& reference = references_.at(artefact.model);
  auto target = target_of(artefact, artefact.variant);
  const auto* conversion = models::conversion_to(reference.kind, artefact.variant);
  const bool is_saved_model = conversion != nullptr && artefact.variant == models::kSavedModel;
  if (!is_saved_model && (conversion == nullptr || !conversion->of_saved_model))
    return builder_.build(reference, target, tell);
  auto& saved = saved_model_of(artefact, tell);
  auto prepared = saved.prepared;
  if (!is_saved_model) {
    if (conversion->wants_samples) target.samples = samples_for(artefact, prepared.summary, sources);
    prepared = builder_.build(reference, target, tell);
  }
  // Whichever is prepared first tells what the SavedModel took.
  const bool first = !std::exchange(saved.counted, true);
  if (is_saved_model) {
    prepared.cached = prepared.cached || !first;
  } else if (first && !saved.prepared.cached) {
    prepared.duration_ns += saved.prepared.duration_ns;
    prepared.peak_rss_bytes = std::max(prepared.peak_rss_bytes, saved.prepared.peak_rss_bytes);
  }
  return prepared;
}

Workbench::SavedModel& Workbench::saved_model_of(const results::Artefact& artefact, const Tell& tell) {
  const auto key = fmt::format("{} {} {}", artefact.model, artefact.batch_size, artefact.sequence_length);
  const auto [place, is_new] = saved_models_.try_emplace(key);
  auto& saved = place->second;
  if (is_new) {
    try {
      saved.prepared =
          builder_.build(references_.at(artefact.model), target_of(artefact, models::kSavedModel), tell);
    } catch (const base::UserError& error) {
      saved.problem = error.what();
    }
  }
  if (!saved.problem.empty()) throw base::UserError(saved.problem);
  return saved;
}

/// Sets of inputs as the toolchain wants to see them: those of the SavedModel that it converts.
std::vector<std::filesystem::path> Workbench::samples_for(const results::Artefact& artefact,
                                                          const results::ModelSummary& saved_model,
                                                          const InputSources& sources) {
  inputs::Request request;
  request.model = saved_model;
  // Other values than those that are measured, or the outputs would look better than they are; and always the
  // same, so that the artefact is found again.
  request.seed = kSampleSeed;
  request.last_rows = true;
  return write_inputs(std::move(request), references_.at(artefact.model), sources, "samples-" + artefact.key)
      .sets;
}

builder_client::InputSets Workbench::write_inputs(inputs::Request request, const models::Reference& reference,
                                                  const InputSources& sources,
                                                  const std::string& name) const {
  request.texts = sources.texts;
  request.images = sources.images;
  request.image_scaling = sources.image_scaling;
  request.tokenizer = tokenizer_of(reference);
  const auto folder = scratch_.path() / name;
  std::filesystem::create_directories(folder);
  return builder_client::make_inputs(request, base::libexec_folder() / "inferometer-builder", folder);
}

inputs::Request Workbench::input_request(const results::Plan& plan, const results::Group& group,
                                         const results::Artefact& artefact) const {
  const auto summary_of = [&](const results::Artefact& one) -> const results::ModelSummary& {
    const auto prepared = summaries_.find(one.key);
    return prepared == summaries_.end() ? models_.at(one.model).summary : prepared->second;
  };
  inputs::Request request;
  request.model = summary_of(artefact);
  // All models of a group get the same values, so an index must exist in the smallest table.
  for (const auto& candidate : group.candidates) {
    for (const auto& other : summary_of(artefact_of(candidate.artefact, plan)).inputs) {
      for (auto& input : request.model.inputs) {
        if (input.name != other.name || other.index_bound == 0) continue;
        input.index_bound =
            input.index_bound == 0 ? other.index_bound : std::min(input.index_bound, other.index_bound);
      }
    }
  }
  const bool open = !summaries_.contains(artefact.key) || artefact.batch_size == 0;
  if (open) {
    request.batch_size = group.workload.batch_size;
    request.sequence_length = group.workload.sequence_length;
    request.dims = group.workload.dims;
  }
  request.seed = plan.seed;
  return request;
}

const builder_client::InputSets& Workbench::inputs_of(const results::Plan& plan, results::Group& group,
                                                      const results::Artefact& artefact,
                                                      const InputSources& sources) {
  const std::pair key(group.id, artefact.key);
  if (const auto known = made_.find(key); known != made_.end()) return known->second;
  auto request = input_request(plan, group, artefact);
  request.files = sources.files;
  const auto& made = made_
                         .emplace(key, write_inputs(std::move(request), references_.at(artefact.model),
                                                    sources, group.id + "-" + artefact.key))
                         .first->second;
  auto values = made.unequal;
  values.insert(values.begin(), made.values);
  group.workload.values = base::join(values, "; ");
  return made;
}

void Workbench::lay_out(results::Plan& plan, const InputSources& sources) {
  for (auto& group : plan.groups) lay_out_group(plan, group, sources);
  add_null_engine();
}

void Workbench::lay_out_group(results::Plan& plan, results::Group& group, const InputSources& sources) {
  for (const auto& candidate : group.candidates) {
    const auto& artefact = artefact_of(candidate.artefact, plan);
    const auto& made = inputs_of(plan, group, artefact, sources);
    const auto launch = engines::launch(engine(candidate.configuration.engine),
                                        candidate.configuration.engine_version, store_);
    measure::LaunchFacts facts{launch,
                               artefact.parts,
                               artefact.format,
                               candidate.configuration,
                               group.workload,
                               made.shapes,
                               {},
                               repeat_command(plan, group, candidate, sources)};
    for (const auto& file : made.sets) facts.input_sets.push_back(file.string());
    facts_[candidate.id] = facts;
    add_reference(plan, group, candidate, sources);
  }
}

void Workbench::add_reference(const results::Plan& plan, results::Group& group,
                              const results::CandidateSpec& candidate, const InputSources& sources) {
  const auto& artefact = artefact_of(candidate.artefact, plan);
  const auto& parent = artefact.parent.empty() ? artefact : artefact_of(artefact.parent, plan);
  const auto& summary = summaries_.at(parent.key);
  if (!summary.has_parent) {
    request_.why_unverified[candidate.id] =
        summary.remarks.empty() ? "the artefact has no float32 parent" : summary.remarks.front();
    return;
  }
  const auto truth = engines::reference_for(parent.format, discovery_.engines);
  const auto& capabilities = truth.engine;
  if (capabilities.installed_versions.empty()) {
    request_.why_unverified[candidate.id] =
        fmt::format("{} computes the reference and is not installed: inferometer packages install {}",
                    capabilities.engine, capabilities.package);
    return;
  }
  const auto& made = inputs_of(plan, group, parent, sources);
  const auto launch = engines::launch(capabilities, "", store_);
  auto reference = facts_.at(candidate.id);
  reference.launch = launch;
  reference.parts = parent.parts;
  reference.format = parent.format;
  reference.shapes = made.shapes;
  reference.input_sets.clear();
  for (const auto& file : made.sets) reference.input_sets.push_back(file.string());
  reference.configuration = {
      .variant = parent.variant, .engine = capabilities.engine, .engine_version = launch.version};
  std::string text = capabilities.engine + (launch.version.empty() ? "" : " " + launch.version);
  for (const auto& [name, value] : truth.options) {
    reference.configuration.options[name] = value;
    text += ", " + name + "=" + value;
  }
  const auto id = "reference-" + group.id + "-" + parent.key;  // one for all that are held against it
  facts_[id] = reference;
  request_.reference_of[candidate.id] = id;
  request_.reference_text[id] = text + ", 1 thread";
}

void Workbench::add_null_engine() {
  const auto prepared = builder_.build(models::resolve("null", store_), {}, [](const std::string&) {});
  const auto launch = engines::launch(engine("null"), "", store_);
  tensors::Tensor input("x", tensors::DType::Float32, {1, 8});
  const auto file = scratch_.path() / "null.safetensors";
  tensors::write_safetensors(file, std::span(&input, 1));
  facts_[kNullLaunch] = {launch,
                         {{"model", prepared.file.string(), "", 0}},
                         prepared.summary.format,
                         {.engine = "null"},
                         {},
                         {{"x", {1, 8}}},
                         {file.string()},
                         ""};
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

}  // namespace inferometer::experiment
