#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "plan/candidates.h"
#include "plan/labels.h"

namespace inferometer::plan {
namespace {

using base::UserError;
using results::CandidateSpec;
using results::Group;

constexpr std::size_t kMostCandidates = 1000;

const results::Dimension* dimension_with_role(const results::ModelSummary& model, const std::string& role) {
  for (const auto& input : model.inputs) {
    for (const auto& dimension : input.shape) {
      if (dimension.size == 0 && dimension.role == role) return &dimension;
    }
  }
  return nullptr;
}

/// The same dimension bound twice is no request that can be met.
void refuse_dim_too(const Request& request, const results::Dimension& dimension, const char* flag) {
  if (request.dims.contains(dimension.name)) {
    throw UserError(fmt::format("--dim {}={} and {} bind the same dimension; leave one of them out",
                                base::printable(dimension.name), request.dims.at(dimension.name), flag));
  }
}

std::vector<std::int64_t> sequence_lengths(const Request& request, const Model& model) {
  const auto* dimension = dimension_with_role(model.summary, "sequence");
  if (dimension == nullptr) return {0};
  if (!request.sequence_lengths.empty()) refuse_dim_too(request, *dimension, "--sequence-lengths");
  const auto limit = model.summary.max_sequence_length;
  auto lengths = request.sequence_lengths;
  if (lengths.empty()) lengths = {limit > 0 ? std::min<std::int64_t>(128, limit) : 128};
  for (const auto length : lengths) {
    if (length < 1 || (limit > 0 && length > limit)) {
      throw UserError(fmt::format("--sequence-lengths {}: {} takes {}", length, base::printable(model.name),
                                  limit > 0 ? fmt::format("1 to {} tokens", limit) : "1 token or more"));
    }
  }
  return lengths;
}

std::vector<std::int64_t> batch_sizes(const Request& request, const Model& model) {
  auto sizes = request.batch_sizes;
  if (sizes.empty()) sizes = {1};
  const auto* dimension = dimension_with_role(model.summary, "batch");
  if (dimension != nullptr && !request.batch_sizes.empty())
    refuse_dim_too(request, *dimension, "--batch-sizes");
  for (const auto size : sizes) {
    if (size < 1) throw UserError(fmt::format("--batch-sizes {}: a batch has at least 1 item", size));
    if (size > 1 && dimension == nullptr) {
      throw UserError(fmt::format(
          "--batch-sizes {}: no input of {} has an open dimension that is known as the batch, only 1 (the "
          "shape as it is) is possible; --dim NAME=N binds other open dimensions",
          size, base::printable(model.name)));
    }
  }
  return sizes;
}

/// Models whose inputs look alike can share a workload and be compared.
std::string input_signature(const results::ModelSummary& model) {
  std::vector<std::string> parts;
  for (const auto& input : model.inputs) {
    auto& part = parts.emplace_back(input.name + " " + input.dtype);
    // Open dimensions are bound alike for all; a fixed size is other work.
    for (const auto& dimension : input.shape) part += fmt::format(" {}", dimension.size);
  }
  std::sort(parts.begin(), parts.end());
  return base::join(parts, ";");
}

struct GroupKey {
  std::string signature;
  std::int64_t batch_size;
  std::int64_t sequence_length;
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
    if (!request_.sequence_lengths.empty() &&
        std::none_of(request_.models.begin(), request_.models.end(), [](const Model& model) {
          return dimension_with_role(model.summary, "sequence") != nullptr;
        })) {
      throw UserError("--sequence-lengths: no model here has a sequence dimension; leave the flag out");
    }
    for (const auto& model : request_.models) add_model(model);
    std::erase_if(plan_.groups, [](const Group& group) { return group.candidates.empty(); });
    if (plan_.groups.empty()) throw UserError(nothing_to_run());
    for (auto& group : plan_.groups) finish(group);
    if (!request_.baseline.empty() && !baseline_seen_) throw UserError(unknown_baseline());
    plan_.threads_reason = threads_reason(request_);
    return std::move(plan_);
  }

 private:
  void add_model(const Model& model) {
    const auto chosen = choices(request_, model, engines_, plan_.skipped);
    for (const auto batch_size : batch_sizes(request_, model)) {
      for (const auto sequence_length : sequence_lengths(request_, model)) {
        auto& group = group_of({input_signature(model.summary), batch_size, sequence_length}, model);
        for (const auto& choice : chosen) {
          const auto artefact = artefact_of(model, choice.variant, group.workload);
          group.candidates.push_back(
              {fmt::format("c{}", candidates_++), choice.name, artefact, choice.configuration});
          if (candidates_ > kMostCandidates) {
            throw UserError(
                fmt::format("more than {} candidates: name fewer engines, precisions, threads, batch sizes "
                            "or sequence lengths",
                            kMostCandidates));
          }
        }
      }
    }
  }

  /// Key of the artefact; one with fixed shapes serves one workload.
  std::string artefact_of(const Model& model, const results::AvailableVariant& variant,
                          const results::Workload& workload) {
    results::Artefact wanted;
    wanted.model = model.name;
    wanted.variant = variant.name;
    wanted.format = variant.format;
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
    if (variant.name != own.name) wanted.parent = artefact_of(model, own, workload);
    wanted.key = fmt::format("a{}", plan_.artefacts.size());
    wanted.synthetic_weights = model.summary.synthetic_weights;
    wanted.parameters = model.summary.parameters;
    return plan_.artefacts.emplace_back(std::move(wanted)).key;
  }

  Group& group_of(const GroupKey& key, const Model& model) {
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
    group.workload = {model.name, key.batch_size, key.sequence_length, request_.dims, ""};
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
    return "--baseline: " + base::unknown_word("candidate", request_.baseline, labels);
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
    text += fmt::format(
        "{}  {}  batch {}{}\n", group.id, base::printable(group.workload.model), group.workload.batch_size,
        group.workload.sequence_length > 0 ? fmt::format("  sequence {}", group.workload.sequence_length)
                                           : "");
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
