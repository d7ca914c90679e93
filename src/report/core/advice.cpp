#include "report/core/advice.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "report/core/reasons.h"
#include "report/core/wording.h"

namespace inferometer::report {
namespace {

using select::Advice;
using select::Basis;
using select::Contender;
using select::Measure;
using select::Recommendation;
using select::Use;

const GroupView& group_of(const std::vector<GroupView>& groups, const std::string& id) {
  for (const auto& group : groups) {
    if (group.group->id == id) return group;
  }
  INFEROMETER_CHECK(false, "advice on a group that is not shown: " + id);
  std::abort();
}

/// Each once: a workload that is measured in waves has several groups.
std::vector<std::string> batch_sizes(const std::vector<GroupView>& groups, const Advice& advice) {
  std::vector<std::string> sizes;
  for (const auto& id : advice.groups) {
    const auto size = std::to_string(group_of(groups, id).group->workload.batch_size);
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
  }
  return sizes;
}

/// Its label, with the batch size where there are several; "-" for nobody.
std::string who(const std::vector<GroupView>& groups, const Advice& advice, const std::string& group,
                const std::string& candidate) {
  if (candidate.empty()) return "-";
  const auto& view = group_of(groups, group);
  const auto& label = view.label(candidate);
  if (batch_sizes(groups, advice).size() == 1) return label;
  return fmt::format("{}, batch {}", label, view.group->workload.batch_size);
}

std::string who(const std::vector<GroupView>& groups, const Advice& advice, const Contender& contender) {
  return who(groups, advice, contender.group, contender.candidate);
}

std::string amount(Measure measure, double value) {
  if (!std::isfinite(value)) return "-";
  switch (measure) {
    case Measure::P99:
    case Measure::P95:
    case Measure::Median:
    case Measure::CpuTime:
      return base::format_ns(value);
    case Measure::Throughput:
      return rate(value) + " items/s";
    case Measure::LargestError:
      return fmt::format("{:.2g}", value);
    case Measure::Size:
    case Measure::PeakMemory:
      return base::format_bytes(value);
    case Measure::Baseline:
      break;
  }
  return "";
}

std::string decided_by(const Recommendation& choice) {
  if (choice.measure == Measure::Baseline) return "it is the baseline";
  std::string text =
      std::string(select::to_text(choice.measure)) + " " + amount(choice.measure, choice.chosen.value);
  if (choice.measure == Measure::CpuTime) text += " an item";
  if (choice.runner_up.candidate.empty()) return text;
  return text + " (runner-up " + amount(choice.measure, choice.runner_up.value) + ")";
}

std::string difference(const Recommendation& choice) {
  if (choice.difference.units == 0) return "";
  std::string text =
      fmt::format("{} ratio to the runner-up {}", choice.use == Use::Server ? "CPU time" : "latency",
                  latency_ratio(choice.difference));
  if (!choice.these_loads_only) return text + fmt::format(" across {} fresh loads", choice.difference.units);
  text += " (these loads)";
  if (choice.needs_loads == 0) return text;
  return text + fmt::format(", needs {} more load{} for a claim about the configuration", choice.needs_loads,
                            choice.needs_loads == 1 ? "" : "s");
}

std::string advice_title(const std::vector<GroupView>& groups, const Advice& advice) {
  const auto& first = group_of(groups, advice.groups.front());
  if (advice.groups.size() == 1) return "What to deploy: " + title(first);
  return "What to deploy: " + model_name(first) + ", batch " + base::join(batch_sizes(groups, advice), ", ");
}

}  // namespace

std::string advice_why(const std::vector<GroupView>& groups, const Advice& advice,
                       const Recommendation& choice) {
  if (choice.chosen.candidate.empty()) return words(choice.no_claim);
  std::vector<std::string> parts = {decided_by(choice)};
  if (choice.basis == Basis::NoClaim) parts.push_back("no claim: " + words(choice.no_claim));
  if (const auto ratio = difference(choice); !ratio.empty()) parts.push_back(ratio);
  if (!choice.overruled.candidate.empty()) {
    parts.push_back(fmt::format("{} has {} {}, but its latency is certainly higher",
                                who(groups, advice, choice.overruled), select::to_text(choice.measure),
                                amount(choice.measure, choice.overruled.value)));
  }
  if (group_of(groups, choice.chosen.group).analysis->trust.grade == analysis::Grade::C)
    parts.emplace_back("trust C only");
  return base::join(parts, "; ");
}

Sheet advice_sheet(const std::vector<GroupView>& groups, const Advice& advice) {
  Sheet sheet{advice_title(groups, advice), {"use", "deploy", "runner-up", "why"}, {}, ""};
  bool anybody = false;
  for (const auto& choice : advice.recommendations) {
    anybody = anybody || !choice.chosen.candidate.empty();
    const auto name = [](std::string text) { return Entry{std::move(text), Entry::Kind::Name}; };
    sheet.rows.push_back({name(select::to_text(choice.use)), name(who(groups, advice, choice.chosen)),
                          name(who(groups, advice, choice.runner_up)),
                          name(advice_why(groups, advice, choice))});
  }
  if (!anybody) sheet.rows.clear();
  return sheet;
}

std::vector<std::string> exclusions(const std::vector<GroupView>& groups, const Advice& advice) {
  std::vector<std::string> sentences;
  for (const auto& one : advice.excluded)
    sentences.push_back(who(groups, advice, one.group, one.candidate) + ": " + words(one.reasons));
  return sentences;
}

std::vector<std::string> advice_rules() {
  std::vector<std::string> rules = {
      "only among candidates whose outputs passed the truth check, that ended well and whose measurements "
      "stand",
      "a difference is claimed only where its interval excludes 1; the intervals hold for all pairs of a "
      "group at once"};
  for (const auto use : {Use::Latency, Use::Throughput, Use::Development, Use::Edge, Use::Server})
    rules.push_back(std::string(select::to_text(use)) + ": " + select::rule(use));
  return rules;
}

}  // namespace inferometer::report
