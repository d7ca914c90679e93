#include "experiment/artefacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "machine/machine.h"
#include "models/variants.h"

namespace inferometer::experiment {
namespace {

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

builder_client::Target target_of(const results::Artefact& artefact, const std::string& variant) {
  return {variant,
          artefact.batch_size,
          artefact.sequence_length,
          {},
          machine::read_pressure().memory_available_bytes};
}

}  // namespace

void ArtefactBuilder::build_originals(results::Plan& plan) {
  for (auto& artefact : plan.artefacts) {
    if (artefact.parent.empty()) build(artefact);
  }
}

void ArtefactBuilder::build_variants(results::Plan& plan) {
  std::vector<results::Artefact> built;
  for (auto& artefact : plan.artefacts) {
    try {
      if (!artefact.parent.empty()) build(artefact);
      built.push_back(artefact);
    } catch (const base::UserError& error) {
      skip_candidates(plan, artefact, error.what());
      workspace_.notify(error.what());
    }
  }
  plan.artefacts = std::move(built);
}

void ArtefactBuilder::build(results::Artefact& artefact) {
  const auto built = build_file(artefact);
  artefact.parts = {{"model", built.file.string(), built.summary.sha256, built.summary.size_bytes}};
  artefact.sha256 = built.summary.sha256;
  artefact.size_bytes = built.summary.size_bytes;
  artefact.recipe = built.recipe;
  artefact.synthetic_weights = built.summary.synthetic_weights;
  artefact.parameters = built.summary.parameters;
  preparations_.push_back(
      {artefact.key, built.recipe, built.cached, built.duration_ns, built.peak_rss_bytes});
  summaries_[artefact.key] = built.summary;
}

ArtefactBuilder::Built ArtefactBuilder::build_file(const results::Artefact& artefact) {
  const auto& builder = workspace_.host.installation.builder;
  const auto& reference = subject_named(artefact.model, workspace_.subjects).reference;
  auto target = target_of(artefact, artefact.variant);
  const auto* conversion = models::conversion_to(reference.kind, artefact.variant);
  const bool is_saved_model = conversion != nullptr && artefact.variant == models::kSavedModel;
  if (!is_saved_model && (conversion == nullptr || !conversion->of_saved_model))
    return builder.build(reference, target, workspace_.notify);
  auto& saved = saved_model_of(artefact);
  auto built = saved.built;
  if (!is_saved_model) {
    if (conversion->wants_samples) target.samples = inputs_.write_samples(artefact, built.summary);
    built = builder.build(reference, target, workspace_.notify);
  }
  // Whichever is built first is charged for the SavedModel.
  const bool first = !std::exchange(saved.counted, true);
  if (is_saved_model) {
    built.cached = built.cached || !first;
  } else if (first && !saved.built.cached) {
    built.duration_ns += saved.built.duration_ns;
    built.peak_rss_bytes = std::max(built.peak_rss_bytes, saved.built.peak_rss_bytes);
  }
  return built;
}

ArtefactBuilder::SavedModel& ArtefactBuilder::saved_model_of(const results::Artefact& artefact) {
  const auto key = fmt::format("{} {} {}", artefact.model, artefact.batch_size, artefact.sequence_length);
  const auto [place, is_new] = saved_models_.try_emplace(key);
  auto& saved = place->second;
  if (is_new) {
    try {
      saved.built = workspace_.host.installation.builder.build(
          subject_named(artefact.model, workspace_.subjects).reference,
          target_of(artefact, models::kSavedModel), workspace_.notify);
    } catch (const base::UserError& error) {
      saved.problem = error.what();
    }
  }
  if (!saved.problem.empty()) throw base::UserError(saved.problem);
  return saved;
}

BuildCost build_cost(const results::Plan& plan, const Subjects& subjects) {
  BuildCost all;
  for (const auto& artefact : plan.artefacts) {
    const auto& reference = subject_named(artefact.model, subjects).reference;
    const auto* conversion = models::conversion_to(reference.kind, artefact.variant);
    if (conversion == nullptr) continue;
    const auto weights_bytes = results::float32_bytes(artefact.parameters);
    all.bytes = std::max(all.bytes, models::peak_bytes(*conversion, weights_bytes));
    all.seconds += models::expected_seconds(*conversion, weights_bytes);
  }
  return all;
}

}  // namespace inferometer::experiment
