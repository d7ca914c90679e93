#include "experiment/artefacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "machine/machine.h"

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

/// Null for what its model cannot become any more: a file that was replaced since.
const results::AvailableVariant* available(const results::Artefact& artefact, const Subject& subject) {
  const auto& variants = subject.model.variants;
  const auto found = std::find_if(variants.begin(), variants.end(),
                                  [&](const auto& one) { return to_text(one.variant) == artefact.variant; });
  return found == variants.end() ? nullptr : &*found;
}

bool is_set(const results::Variant& variant) { return variant != results::Variant{}; }

/// Other variants of the model are built from it.
bool is_base(const results::AvailableVariant& variant, const Subject& subject) {
  const auto& variants = subject.model.variants;
  return std::any_of(variants.begin(), variants.end(),
                     [&](const auto& one) { return one.built_from == variant.variant; });
}

builder_client::Target target_of(const results::Artefact& artefact, const results::Variant& variant,
                                 bool by_toolchain) {
  return {variant,
          by_toolchain,
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
  const auto built = build_files(artefact);
  artefact.parts = built.parts;
  artefact.sha256 = built.info.sha256;
  artefact.size_bytes = built.info.size_bytes;
  artefact.recipe = built.recipe;
  artefact.synthetic_weights = built.info.synthetic_weights;
  artefact.parameters = built.info.parameters;
  preparations_.push_back(
      {artefact.key, built.recipe, built.cached, built.duration_ns, built.peak_rss_bytes});
  infos_[artefact.key] = built.info;
}

ArtefactBuilder::Built ArtefactBuilder::build_files(const results::Artefact& artefact) {
  const auto& builder = workspace_.host.installation.builder;
  const auto& subject = subject_named(artefact.model, workspace_.subjects);
  const auto* variant = available(artefact, subject);
  const bool by_toolchain = variant != nullptr && !variant->toolchain.empty();
  auto target = target_of(artefact, results::parse_variant(artefact.variant), by_toolchain);
  const bool base = by_toolchain && is_base(*variant, subject);
  const bool of_base = by_toolchain && is_set(variant->built_from);
  if (!base && !of_base) return builder.build(subject.reference, target, workspace_.notify);
  auto& shared = base_of(artefact, base ? variant->variant : variant->built_from);
  auto built = shared.built;
  if (!base) {
    if (variant->wants_samples) target.samples = inputs_.write_samples(artefact, built.info);
    built = builder.build(subject.reference, target, workspace_.notify);
  }
  // Whichever is built first is charged for what others are built from too.
  const bool first = !std::exchange(shared.counted, true);
  if (base) {
    built.cached = built.cached || !first;
  } else if (first && !shared.built.cached) {
    built.duration_ns += shared.built.duration_ns;
    built.peak_rss_bytes = std::max(built.peak_rss_bytes, shared.built.peak_rss_bytes);
  }
  return built;
}

ArtefactBuilder::Base& ArtefactBuilder::base_of(const results::Artefact& artefact,
                                                const results::Variant& variant) {
  const auto key = fmt::format("{} {} {} {}", artefact.model, to_text(variant), artefact.batch_size,
                               artefact.sequence_length);
  const auto [place, is_new] = bases_.try_emplace(key);
  auto& shared = place->second;
  if (is_new) {
    try {
      shared.built = workspace_.host.installation.builder.build(
          subject_named(artefact.model, workspace_.subjects).reference, target_of(artefact, variant, true),
          workspace_.notify);
    } catch (const base::UserError& error) {
      shared.problem = error.what();
    }
  }
  if (!shared.problem.empty()) throw base::UserError(shared.problem);
  return shared;
}

BuildCost build_cost(const results::Plan& plan, const Subjects& subjects) {
  BuildCost all;
  for (const auto& artefact : plan.artefacts) {
    const auto* variant = available(artefact, subject_named(artefact.model, subjects));
    if (variant == nullptr) continue;
    all.bytes = std::max(all.bytes, variant->peak_bytes);
    all.seconds += variant->expected_seconds;
  }
  return all;
}

}  // namespace inferometer::experiment
