#include "select/pool.h"

#include <algorithm>

#include "base/search.h"

namespace inferometer::select {
namespace {

using analysis::GroupAnalysis;
using results::Reason;
using results::ReasonCode;
using results::Reasons;
using results::VerdictKind;

const analysis::Comparison* comparison_of(const GroupAnalysis& group, const std::string& candidate) {
  return base::last_of(group.comparisons, [&](const auto& one) { return one.candidate == candidate; });
}

/// The numbers behind "wrong output": how far off it is.
Reasons with_numbers(Reasons reasons, const results::TruthCheck* truth) {
  if (truth == nullptr || !truth->verified || truth->passed) return reasons;
  reasons.emplace_back(ReasonCode::Cosine, "", truth->cosine);
  if (truth->classified_items > 0) {
    reasons.emplace_back(ReasonCode::Disagreement, "", truth->disagreement,
                         static_cast<double>(truth->classified_items));
  }
  return reasons;
}

/// `code` before the reasons that belong to it.
Reasons led_by(ReasonCode code, const Reasons& reasons) {
  Reasons all = {Reason(code)};
  all.insert(all.end(), reasons.begin(), reasons.end());
  return all;
}

/// Why the measurements of an entrant do not count; empty: they do.
Reasons why_not_counted(const Entrant& entrant) {
  const auto& trust = entrant.analysis->trust;
  if (trust.grade == analysis::Grade::Invalid) return led_by(ReasonCode::Invalid, trust.reasons);
  const auto* own = comparison_of(*entrant.analysis, entrant.spec->id);
  if (own != nullptr)
    return own->verdict == VerdictKind::Invalid ? led_by(ReasonCode::Invalid, own->reasons) : Reasons();
  // The baseline has no verdict of its own. Where none against it is valid, it may be the one that was
  // disturbed.
  const auto& all = entrant.analysis->comparisons;
  const auto measured = [](const auto& one) { return one.these_loads.units > 0; };
  const bool any = std::any_of(all.begin(), all.end(), measured);
  const bool any_valid = std::any_of(all.begin(), all.end(), [&](const auto& one) {
    return measured(one) && one.verdict != VerdictKind::Invalid;
  });
  if (!any || any_valid) return {};
  return led_by(ReasonCode::Invalid, led_by(ReasonCode::NoComparisonHolds, all.front().reasons));
}

Reasons why_excluded(const results::Experiment& experiment, const Entrant& entrant) {
  const auto unranked = analysis::why_unranked(experiment, entrant.spec->id);
  if (!unranked.empty()) return with_numbers(unranked, entrant.truth);
  if (entrant.summary == nullptr) return {ReasonCode::NotMeasured};
  return why_not_counted(entrant);
}

}  // namespace

std::vector<Entrant> Pool::smallest_batch() const {
  std::vector<Entrant> smallest;
  for (const auto& entrant : entrants) {
    if (entrant.group == entrants.front().group) smallest.push_back(entrant);
  }
  return smallest;
}

void enter(const results::Experiment& experiment, const analysis::Analysis& analysis, Pool& pool) {
  for (const auto* group : pool.groups) {
    const auto* analysed =
        base::last_of(analysis.groups, [&](const auto& one) { return one.group == group->id; });
    if (analysed == nullptr) continue;
    for (const auto& spec : group->candidates) {
      const auto is_of_it = [&](const auto& one) { return one.candidate == spec.id; };
      Entrant entrant{group, analysed, &spec};
      entrant.summary = base::last_of(analysed->summaries, is_of_it);
      if (entrant.summary != nullptr && entrant.summary->rounds == 0) entrant.summary = nullptr;
      entrant.truth = base::last_of(experiment.truth_checks, is_of_it);
      entrant.artefact =
          base::last_of(experiment.plan.artefacts, [&](const auto& one) { return one.key == spec.artefact; });
      const auto reasons = why_excluded(experiment, entrant);
      if (reasons.empty()) {
        pool.entrants.push_back(entrant);
      } else {
        pool.excluded.push_back({group->id, spec.id, reasons});
      }
    }
  }
}

}  // namespace inferometer::select
