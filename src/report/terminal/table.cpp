#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/core/reasons.h"
#include "report/core/sentence.h"
#include "report/core/wording.h"
#include "report/terminal/grid.h"
#include "report/terminal/table.h"

namespace inferometer::report {
namespace {

using base::printable;
using results::VerdictKind;

constexpr std::size_t kLongestLabel = 48;
constexpr std::size_t kLongestReason = 300;

Ink ink_of(const CandidateView& candidate) {
  if (candidate.failed()) return Ink::Bad;
  if (candidate.is_baseline()) return Ink::Plain;
  if (!candidate.comparison->ranked) return Ink::Doubtful;
  switch (candidate.comparison->verdict) {
    case VerdictKind::Faster:
      return Ink::Good;
    case VerdictKind::Slower:
      return Ink::Bad;
    case VerdictKind::Invalid:
      return Ink::Bad;
    case VerdictKind::Undecided:
      return Ink::Doubtful;
    case VerdictKind::Equivalent:
      break;
  }
  return Ink::Plain;
}

std::string percentile_cell(const CandidateView& candidate, double p, const TimeUnit& unit) {
  const auto* found = percentile(candidate, p);
  return unit.print(found == nullptr ? analysis::kNone : found->value_ns);
}

Grid grid_of(const GroupView& group) {
  const TimeUnit unit = unit_for(group);
  const auto in_unit = [&](const char* name) { return fmt::format("{} {}", name, unit.name); };
  const bool tokens = group.has_token_times();
  std::vector<Column> columns = {{"candidate"},
                                 {in_unit("median"), true},
                                 {in_unit("p95"), true, 1},
                                 {in_unit("p99"), true, 2},
                                 {"speed-up"},
                                 {"verdict"},
                                 {"size", true, 4},
                                 {"peak memory", true, 3}};
  if (tokens)
    columns.insert(columns.begin() + 2, {{in_unit("first token"), true}, {in_unit("per token"), true}});
  Grid grid(columns);
  for (const auto& candidate : group.candidates) {
    const Cell label{printable(candidate.spec->label, kLongestLabel), Ink::Plain};
    if (candidate.summary == nullptr) {
      const std::string why = candidate.failed() ? outcome(*candidate.outcome) : "not measured";
      grid.spanning_row(label, {printable(why, kLongestReason), ink_of(candidate)});
      continue;
    }
    std::vector<Cell> cells = {{label},
                               {unit.print(candidate.summary->median_ns)},
                               {percentile_cell(candidate, 0.95, unit)},
                               {percentile_cell(candidate, 0.99, unit)},
                               {speed_up(candidate)},
                               {verdict(candidate), ink_of(candidate)},
                               {candidate.artefact == nullptr ? "-" : size(candidate.artefact->size_bytes)},
                               {size(candidate.summary->peak_rss_bytes)}};
    if (tokens) {
      cells.insert(cells.begin() + 2, {{unit.print(candidate.summary->first_token_ns)},
                                       {unit.print(candidate.summary->per_token_ns)}});
    }
    grid.row(std::move(cells));
  }
  return grid;
}

std::string notes_text(const GroupView& group, const Input& input, const Style& style) {
  std::string text;
  for (const auto& note : shared_notes(group, input.experiment.plan.effort.margin)) {
    text += wrap(printable(who(note, group) + ": " + note.text, 2 * kLongestReason), style, {"  ", "    "});
  }
  for (const auto& candidate : group.candidates) {
    if (!candidate.failed() || candidate.outcome->repeat.empty()) continue;
    text += "  again: " + printable(candidate.outcome->repeat, 2 * kLongestReason) + "\n";
  }
  return text;
}

Ink ink_of(analysis::Grade grade) {
  switch (grade) {
    case analysis::Grade::A:
      return Ink::Good;
    case analysis::Grade::B:
      return Ink::Plain;
    case analysis::Grade::C:
      return Ink::Doubtful;
    case analysis::Grade::Invalid:
      return Ink::Bad;
  }
  return Ink::Plain;
}

std::string confidence_text(const GroupView& group, const Style& style) {
  const auto& trust = group.analysis->trust;
  std::string text =
      "  " + paint(fmt::format("trust {}", analysis::to_text(trust.grade)), ink_of(trust.grade), style) +
      (trust.reasons.empty() ? ": no concerns\n" : "\n");
  for (const auto& reason : sentences(trust.reasons)) {
    text += wrap(printable(reason, kLongestReason), style, {"    - ", "      "});
  }
  for (const auto& part : self_comparison(group)) text += wrap(part, style, {"  ", "    "});
  text += wrap(harness_cost(group), style, {"  ", "    "});
  return text + wrap(printable(stop(group), kLongestReason), style, {"  ", "    "});
}

std::string group_text(const GroupView& group, const Input& input, const Style& style) {
  const auto& plan = input.experiment.plan;
  std::string text = paint(printable(title(group), kLongestReason), Ink::Strong, style) + "\n";
  text += wrap(fmt::format("measured: {}; {}; {}", printable(machine(input.experiment.environment)),
                           counts(group), mode_name(plan.effort.mode)),
               style);
  text += "\n" + grid_of(group).print(style) + notes_text(group, input, style) + "\n";
  text += paint(wrap(printable(sentence(group), 2 * kLongestReason), style), Ink::Strong, style);
  return text + confidence_text(group, style);
}

std::string skipped_text(const results::Plan& plan, const Style& style) {
  std::string text;
  for (const auto& cell : plan.skipped) {
    text += wrap(printable("skipped " + cell.label + ": " + cell.reason, kLongestReason), style, {"", "  "});
    if (!cell.remedy.empty()) text += "  " + printable(cell.remedy) + "\n";
  }
  return text.empty() ? text : "\n" + text;
}

}  // namespace

std::string print_table(const Input& input, const Style& style) {
  std::string text;
  for (const auto& group : views(input)) {
    if (!text.empty()) text += "\n";
    text += group_text(group, input, style);
  }
  text += skipped_text(input.experiment.plan, style);
  for (const auto& warning : warnings(input.experiment)) {
    text += paint(wrap(printable(warning, kLongestReason), style, {"", "  "}), Ink::Doubtful, style);
  }
  return text;
}

}  // namespace inferometer::report
