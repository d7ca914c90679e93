#include "report/core/view.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/search.h"

namespace inferometer::report {
namespace {

CandidateView candidate_view(const Input& input, const GroupView& group, const results::CandidateSpec& spec) {
  const auto& record = input.experiment;
  const auto is_of_it = [&](const auto& one) { return one.candidate == spec.id; };
  CandidateView view;
  view.spec = &spec;
  view.artefact =
      base::last_of(record.plan.artefacts, [&](const auto& one) { return one.key == spec.artefact; });
  view.summary = base::last_of(group.analysis->summaries, is_of_it);
  if (view.summary != nullptr && view.summary->rounds == 0) view.summary = nullptr;
  view.comparison = base::last_of(group.analysis->comparisons, is_of_it);
  view.truth = base::last_of(record.truth_checks, is_of_it);
  const auto* ended = base::last_of(record.outcomes, is_of_it);
  view.outcome = ended == nullptr ? nullptr : &ended->outcome;
  for (const auto* set : group.load_sets) {
    for (const auto& load : set->loads) {
      if (is_of_it(load) && load.role == results::Role::Candidate) view.loads.push_back(&load);
    }
  }
  return view;
}

}  // namespace

const results::Load* CandidateView::loaded() const {
  const auto found = std::find_if(loads.rbegin(), loads.rend(),
                                  [](const auto* load) { return !load->effective.device.empty(); });
  return found == loads.rend() ? nullptr : *found;
}

int CandidateView::unsteady_loads() const {
  return static_cast<int>(std::count_if(
      loads.begin(), loads.end(), [](const auto* load) { return load->outcome.ok() && !load->steady; }));
}

const CandidateView& GroupView::baseline() const {
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const auto& one) { return one.spec->id == group->baseline; });
  INFEROMETER_CHECK(found != candidates.end(), "group " + group->id + " has no baseline");
  return *found;
}

const std::string& GroupView::label(const std::string& candidate) const {
  for (const auto& one : candidates) {
    if (one.spec->id == candidate) return one.spec->label;
  }
  return candidate;
}

bool GroupView::synthetic_weights() const {
  return std::any_of(candidates.begin(), candidates.end(), [](const auto& one) {
    return one.artefact != nullptr && one.artefact->synthetic_weights;
  });
}

bool GroupView::has_token_times() const {
  return std::any_of(candidates.begin(), candidates.end(), [](const auto& one) {
    return one.summary != nullptr && std::isfinite(one.summary->first_token_ns);
  });
}

std::vector<GroupView> views(const Input& input) {
  const auto& record = input.experiment;
  std::vector<GroupView> all;
  for (const auto& analysis : input.analysis.groups) {
    const auto is_of_it = [&](const auto& one) { return one.group == analysis.group; };
    GroupView view;
    view.analysis = &analysis;
    view.margin = record.plan.effort.margin;
    view.group = base::last_of(record.plan.groups, [&](const auto& one) { return one.id == analysis.group; });
    INFEROMETER_CHECK(view.group != nullptr, "analysis of a group that the plan does not have");
    view.stop = base::last_of(record.stops, is_of_it);
    view.harness = base::last_of(record.harness_costs, is_of_it);
    for (const auto& set : record.load_sets) {
      if (is_of_it(set)) view.load_sets.push_back(&set);
    }
    for (const auto& spec : view.group->candidates)
      view.candidates.push_back(candidate_view(input, view, spec));
    all.push_back(std::move(view));
  }
  return all;
}

}  // namespace inferometer::report
