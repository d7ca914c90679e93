// bert_comparison_report.md: the tables that people know from the BERT guide, with what was measured here.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/core/sentence.h"
#include "report/core/wording.h"
#include "report/guides/bert/claims.h"
#include "report/guides/bert/markdown.h"
#include "report/markdown/parts.h"
#include "report/markdown/text.h"

namespace inferometer::report {
namespace {

using markdown::bullets;
using markdown::head;
using markdown::plain;
using markdown::row;

/// The model, with its batch size where there are several.
std::string model_cell(const std::vector<GroupView>& groups, const GroupView& group) {
  return plain(groups.size() == 1 ? model_name(group) : title(group));
}

/// The gated percentile; where it is blank, the plain one in brackets.
std::string percentile_cell(const CandidateView& candidate, double p) {
  const auto* found = percentile(candidate, p);
  if (found == nullptr) return "-";
  if (std::isfinite(found->value_ns)) return base::format_ns(found->value_ns);
  return "- (" + base::format_ns(found->plain_ns) + ")";
}

std::string fidelity_cell(const CandidateView& candidate) {
  if (candidate.truth == nullptr) return "not checked";
  const auto& truth = *candidate.truth;
  if (!truth.verified) return "unverified";
  return fmt::format("{}: max relative error {:.2g} (limit {:.2g}), cosine {:.6f}",
                     truth.passed ? "ok" : "wrong output", truth.max_rel_error, truth.tolerance,
                     truth.cosine);
}

std::vector<std::string> result_cells(const CandidateView& candidate) {
  std::vector<std::string> cells;
  if (const auto* summary = candidate.summary; summary != nullptr) {
    cells = {base::format_ns(summary->mean_ns)};
    for (const double p : {0.5, 0.95, 0.99}) cells.push_back(percentile_cell(candidate, p));
    cells.push_back(rate(summary->throughput_per_second) + " samples/s");
    cells.push_back(std::isnan(summary->cpu_mean) ? "-" : fmt::format("{:.0f} %", 100 * summary->cpu_mean));
    cells.push_back(size(summary->peak_rss_bytes));
  } else {
    cells = {candidate.failed() ? results::to_text(candidate.outcome->kind) : "not measured"};
    cells.insert(cells.end(), 6, "-");
  }
  cells.push_back(candidate.artefact == nullptr ? "-" : size(candidate.artefact->size_bytes));
  cells.push_back(fidelity_cell(candidate));
  cells.emplace_back("");  // accuracy loss: there are no labels to measure it with
  cells.push_back(disagreement(candidate));
  return cells;
}

std::string summary_text(const std::vector<GroupView>& groups) {
  std::string text = "\n## Results summary\n\n" +
                     head({"Model", "Config", "Latency (mean)", "Latency (p50)", "Latency (p95)",
                           "Latency (p99)", "Throughput", "CPU mean", "Memory peak", "Model size", "Fidelity",
                           "Accuracy loss", "Disagreement"});
  for (const auto& group : groups) {
    for (const auto& candidate : group.candidates) {
      auto cells = result_cells(candidate);
      cells.insert(cells.begin(), {model_cell(groups, group), plain(candidate.spec->label)});
      text += row(cells);
    }
  }
  return text + "\n" +
         bullets(
             {"A percentile in brackets is the plain type-7 number of samples that are too few to carry it.",
              "CPU mean: CPU time of all threads of the engine's process over the time of its timed runs; "
              "100 % is "
              "one CPU.",
              "Throughput: batch size times runs over that time, one run after the other.",
              "Fidelity: the largest error of the outputs, over the largest value of the reference.",
              "Accuracy loss is blank: it needs labelled examples, and none were given. Disagreement needs "
              "none: items "
              "that get another class than from the reference; \"-\": the model gives no class scores."});
}

std::string speed_up_text(const std::vector<GroupView>& groups, double margin) {
  std::string text = "\n## Speed-up over the baseline\n";
  for (const auto& group : groups) {
    text += "\nAgainst " + plain(group.baseline().spec->label) + ", " + plain(title(group)) + ":\n\n" +
            head({"Config", "Speed-up", "Verdict", "Across"});
    for (const auto& candidate : group.candidates) {
      if (candidate.is_baseline()) continue;
      const auto& comparison = *candidate.comparison;
      const auto units = analysis::printed_ratio(comparison).units;
      text += row({plain(candidate.spec->label), speed_up(candidate), plain(verdict(candidate)),
                   units == 0
                       ? "-"
                       : fmt::format("{} {}", units,
                                     comparison.these_loads_only ? "rounds of these loads" : "fresh loads")});
    }
    if (const auto notes = markdown::notes_list(group, margin); !notes.empty()) text += "\n" + notes;
  }
  return text;
}

std::string best_text(const std::vector<GroupView>& groups) {
  std::string text = "\n## Best configuration\n";
  for (const auto& group : groups) {
    text += "\n" + plain(title(group)) + ": " + plain(sentence(group)) + ".\n";
    const auto found = std::find_if(group.candidates.begin(), group.candidates.end(),
                                    [&](const auto& one) { return one.spec->id == group.analysis->fastest; });
    if (found == group.candidates.end() || found->summary == nullptr) {
      text += "\nNo configuration is certainly the fastest.\n";
      continue;
    }
    text += "\n**Fastest configuration: " + plain(found->spec->label) + "**\n\n" +
            bullets({"Latency: " + base::format_ns(found->summary->mean_ns) + " (mean)",
                     "Throughput: " + rate(found->summary->throughput_per_second) + " samples/s"});
  }
  return text;
}

std::string claim_cells(const bert::CheckedClaim& checked) {
  const auto& claim = *checked.claim;
  const bool baseline = &claim == &bert::claims().front();
  std::string measured = "-";
  if (checked.latency.units > 0)
    measured = speed_up(checked.latency) + (checked.these_loads_only ? " (these loads)" : "");
  return row({plain(claim.label), plain(claim.size),
              std::isfinite(checked.size_share) ? fmt::format("{:.0f} %", 100 * checked.size_share) : "-",
              claim.speed_up, baseline ? "1 (baseline)" : measured,
              baseline ? "" : bert::to_text(checked.finding), plain(claim.accuracy_loss), ""});
}

std::string claims_text(const Input& input, const std::vector<GroupView>& groups) {
  std::string text =
      "\n## Model size vs speed: claimed beside measured\n\nClaimed: what the guide that this set of "
      "configurations comes from says, for a machine that it does not name. Measured: on this one.\n";
  for (const auto& group : groups) {
    text += "\n" + plain(title(group)) + ":\n\n" +
            head({"Config", "Size, claimed", "Size, measured", "Speed-up, claimed", "Speed-up, measured",
                  "The claimed speed-up", "Accuracy loss, claimed", "Accuracy loss, measured"});
    for (const auto& checked : bert::check_claims(input.experiment, *group.group, *group.analysis))
      text += claim_cells(checked);
  }
  return text;
}

}  // namespace

std::string print_bert_markdown(const Input& input, const Style&) {
  const auto groups = views(input);
  const auto& record = input.experiment;
  std::string text = "# BERT comparison " + plain(short_id(record)) + "\n";
  if (std::any_of(groups.begin(), groups.end(), [](const auto& one) { return one.synthetic_weights(); })) {
    text +=
        "\n**Synthetic weights**: the published architecture with random weights. Latency, throughput, "
        "memory and "
        "size are measured; fidelity and disagreement say nothing of a trained model.\n";
  }
  if (const auto all = warnings(record); !all.empty()) text += "\n**Read this first**\n\n" + bullets(all);
  text += summary_text(groups) + speed_up_text(groups, record.plan.effort.margin) + best_text(groups) +
          "\n## Recommendations by use\n" + markdown::advice_text("###", groups, input.advice) +
          claims_text(input, groups) + markdown::failures_text(groups) +
          markdown::sheet_text("##", skipped_sheet(record.plan));
  text += "\n## Can it be trusted?\n";
  for (const auto& group : groups) text += "\n" + plain(title(group)) + ".\n" + markdown::trust_text(group);
  return text + markdown::sheet_text("##", method_sheet(input, groups)) +
         markdown::sheet_text("###", artefacts_sheet(record)) +
         markdown::sheet_text("###", environment_sheet(record.environment));
}

}  // namespace inferometer::report
