#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/field_error.h"
#include "base/text.h"
#include "plan/candidates.h"
#include "plan/labels.h"
#include "plan/workloads.h"

namespace inferometer::plan {
namespace {

using base::UserError;
using results::CandidateSpec;
using results::Group;

constexpr std::size_t kMostCandidates = 1000;

/// Candidates with the same key are compared.
struct GroupKey {
  std::string signature;
  std::int64_t batch_size;
  std::int64_t sequence_length;
  results::Scenario scenario;
  bool operator==(const GroupKey&) const = default;
};

class Planner {
 public:
  Planner(const Request& request, const std::vector<results::Capabilities>& engines)
      : request_(request), engines_(engines) {
    plan_.command = request.command;
    plan_.seed = request.seed;
    plan_.effort = request.effort;
    plan_.set = request.set;
  }

  results::Plan make() {
    check_lengths(request_);
    for (const auto& model : request_.models) add_model(model);
    std::erase_if(plan_.groups, [](const Group& group) { return group.candidates.empty(); });
    if (plan_.groups.empty()) throw UserError(nothing_to_run());
    for (auto& group : plan_.groups) finish(group);
    if (!request_.baseline.empty() && !baseline_seen_) throw base::FieldError("baseline", unknown_baseline());
    plan_.threads_reason = threads_reason(request_);
    return std::move(plan_);
  }

 private:
  void add_model(const Model& model) {
    const auto chosen = choices(request_, model, engines_, plan_.skipped);
    for (const auto& workload : workloads_of(model, request_)) {
      auto& group = group_of(workload, model);
      for (const auto& choice : chosen) {
        const auto artefact = artefact_of(model, choice.variant, group.workload);
        group.candidates.push_back(
            {fmt::format("c{}", candidates_++), choice.name, artefact, choice.configuration});
        if (candidates_ > kMostCandidates) {
          throw UserError(
              fmt::format("more than {} candidates: name fewer engines, precisions, threads, batch sizes "
                          "or lengths",
                          kMostCandidates));
        }
      }
    }
  }

  /// Key of the artefact; one with fixed shapes serves one workload.
  std::string artefact_of(const Model& model, const results::AvailableVariant& variant,
                          const results::Workload& workload) {
    results::Artefact wanted;
    wanted.model = model.name;
    wanted.variant = to_text(variant.variant);
    wanted.format = variant.variant.format;
    if (variant.fixed_shapes) {
      wanted.batch_size = workload.batch_size;
      wanted.sequence_length = workload.sequence_length;
    }
    for (const auto& artefact : plan_.artefacts) {
      if (artefact.model == wanted.model && artefact.variant == wanted.variant &&
          artefact.batch_size == wanted.batch_size && artefact.sequence_length == wanted.sequence_length)
        return artefact.key;
    }
    const auto& own = model.variants.front();
    if (variant.variant != own.variant) wanted.parent = artefact_of(model, own, workload);
    wanted.key = fmt::format("a{}", plan_.artefacts.size());
    wanted.synthetic_weights = model.info.synthetic_weights;
    wanted.parameters = model.info.parameters;
    return plan_.artefacts.emplace_back(std::move(wanted)).key;
  }

  Group& group_of(const results::Workload& workload, const Model& model) {
    const GroupKey key{input_signature(model), workload.batch_size, workload.sequence_length,
                       workload.scenario};
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    if (found != keys_.end()) {
      auto& group = plan_.groups[static_cast<std::size_t>(found - keys_.begin())];
      if (group.workload.model.find(model.name) == std::string::npos)
        group.workload.model += ", " + model.name;
      return group;
    }
    keys_.push_back(key);
    Group group;
    group.id = fmt::format("g{}", plan_.groups.size());
    group.workload = workload;
    return plan_.groups.emplace_back(std::move(group));
  }

  void finish(Group& group) {
    label_candidates(group, plan_.artefacts);
    group.baseline = group.candidates.front().id;
    if (request_.baseline.empty()) return;
    for (const auto& candidate : group.candidates) {
      if (candidate.label == request_.baseline || candidate.id == request_.baseline ||
          candidate.configuration.engine == request_.baseline) {
        group.baseline = candidate.id;
        baseline_seen_ = true;
        return;
      }
    }
  }

  std::string unknown_baseline() const {
    std::vector<std::string> labels;
    for (const auto& group : plan_.groups) {
      for (const auto& candidate : group.candidates) labels.push_back(candidate.label);
    }
    return base::unknown_word("candidate", request_.baseline, labels);
  }

  std::string nothing_to_run() const {
    std::string message = "nothing can run:";
    for (const auto& cell : plan_.skipped) {
      message +=
          fmt::format("\n  {}: {}{}", cell.label, cell.reason, cell.remedy.empty() ? "" : "; " + cell.remedy);
    }
    return message;
  }

  const Request& request_;
  const std::vector<results::Capabilities>& engines_;
  results::Plan plan_;
  std::vector<GroupKey> keys_;
  std::size_t candidates_ = 0;
  bool baseline_seen_ = false;
};

std::string lengths_text(const results::Workload& workload) {
  const auto& scenario = workload.scenario;
  if (scenario.kind == results::ScenarioKind::Generate)
    return fmt::format("  prompt {}  new tokens {}", scenario.prompt_length, scenario.new_tokens);
  return workload.sequence_length > 0 ? fmt::format("  sequence {}", workload.sequence_length) : "";
}

}  // namespace

results::Plan make_plan(const Request& request, const std::vector<results::Capabilities>& engines) {
  return Planner(request, engines).make();
}

Cost estimate(const results::Plan& plan) {
  // Before anything ran only the budget is known; a decided group ends earlier.
  Cost cost;
  cost.groups = static_cast<int>(plan.groups.size());
  for (const auto& group : plan.groups) cost.candidates += static_cast<int>(group.candidates.size());
  constexpr double kSecondsOfOneLoad = 0.5;
  cost.least_seconds = kSecondsOfOneLoad * plan.effort.repeats * cost.candidates;
  cost.most_seconds = static_cast<double>(plan.effort.budget_ns) / 1e9 * cost.groups + cost.least_seconds;
  return cost;
}

std::string print(const results::Plan& plan) {
  std::string text;
  for (const auto& group : plan.groups) {
    text += fmt::format("{}  {}  batch {}{}\n", group.id, base::printable(group.workload.model),
                        group.workload.batch_size, lengths_text(group.workload));
    for (const auto& candidate : group.candidates) {
      text += fmt::format("  {}{}\n", base::printable(candidate.label),
                          candidate.id == group.baseline ? "  (baseline)" : "");
    }
  }
  for (const auto& cell : plan.skipped) {
    text += fmt::format("skipped: {}: {}{}\n", base::printable(cell.label), base::printable(cell.reason),
                        cell.remedy.empty() ? "" : "  ->  " + cell.remedy);
  }
  const auto cost = estimate(plan);
  text +=
      fmt::format("{} candidate{} in {} group{}; at least {} load{} of each; threads: {}\n", cost.candidates,
                  cost.candidates == 1 ? "" : "s", cost.groups, cost.groups == 1 ? "" : "s",
                  plan.effort.repeats, plan.effort.repeats == 1 ? "" : "s", plan.threads_reason);
  text += fmt::format("measuring takes about {} to {}", base::format_seconds(cost.least_seconds),
                      base::format_seconds(cost.most_seconds));
  // How long a run takes is unknown before the first.
  text += fmt::format("; longer where {} timed runs of each in {} load{} need it\n", plan.effort.timed_runs,
                      plan.effort.repeats, plan.effort.repeats == 1 ? "" : "s");
  return text;
}

}  // namespace inferometer::plan
