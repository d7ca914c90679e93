#include "report/markdown/consolidated.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "base/text.h"
#include "report/core/advice.h"
#include "report/core/findings.h"
#include "report/core/sentence.h"
#include "report/core/sheet.h"
#include "report/core/wording.h"
#include "report/markdown/parts.h"
#include "report/markdown/text.h"
#include "report/tables/rows.h"

namespace inferometer::report {
namespace {

using markdown::bullets;
using markdown::code;
using markdown::code_cell;
using markdown::head;
using markdown::plain;
using markdown::row;

/// A part and its groups.
struct Part {
  const SuitePart* part;
  std::vector<GroupView> groups;
};

std::vector<Part> parts_of(const Suite& suite) {
  std::vector<Part> parts;
  for (const auto& part : suite.parts) {
    if (part.has_record) parts.push_back({&part, views({part.experiment, part.analysis, part.advice})});
  }
  return parts;
}

std::string phase_of(const SuitePart& part) { return part.folder.substr(0, part.folder.find('/')); }

std::string facts(const Suite& suite, const std::vector<Part>& parts) {
  std::string text;
  if (!suite.command.empty()) text += "- command: " + code(suite.command) + "\n";
  if (!suite.started_utc.empty()) text += "- started: " + plain(suite.started_utc) + "\n";
  text += fmt::format("- experiments: {} of {} have a record\n", parts.size(), suite.parts.size());
  if (parts.empty()) return text;
  const auto& first = parts.front().part->experiment;
  const auto& effort = first.plan.effort;
  text += fmt::format("- mode: {}; at least {} warm-up runs, {} timed runs, {} fresh load{}; margin {:g} %\n",
                      mode_name(effort.mode), effort.warm_up_runs, effort.timed_runs, effort.repeats,
                      effort.repeats == 1 ? "" : "s", 100 * effort.margin);
  text += fmt::format("- seed: {}\n", first.plan.seed);
  return text + "- machine: " + plain(machine(first.environment)) + "\n";
}

/// A model of one name that was changed between two experiments.
std::vector<std::string> changed_models(const std::vector<Part>& parts) {
  std::vector<std::string> sentences;
  std::map<std::tuple<std::string, std::string, std::int64_t, std::int64_t>,
           std::pair<std::string, std::string>>
      first;  // sha256 and folder
  for (const auto& [part, groups] : parts) {
    for (const auto& one : part->experiment.plan.artefacts) {
      const auto [known, is_new] = first.try_emplace(
          {one.model, one.variant, one.batch_size, one.sequence_length}, one.sha256, part->folder);
      if (!is_new && known->second.first != one.sha256)
        sentences.push_back(part->folder + ": " + one.variant + " of " + one.model +
                            " is another file than in " + known->second.second);
    }
  }
  return sentences;
}

/// What a reader must know before any number.
std::vector<std::string> first_things(const Suite& suite, const std::vector<Part>& parts) {
  auto sentences = suite.problems;
  for (const auto& part : suite.parts) {
    if (!part.problem.empty()) sentences.push_back(part.folder + ": " + part.problem);
  }
  std::vector<std::string> synthetic;
  for (const auto& [part, groups] : parts) {
    for (const auto& warning : warnings(part->experiment)) sentences.push_back(part->folder + ": " + warning);
    if (std::any_of(groups.begin(), groups.end(), [](const auto& one) { return one.synthetic_weights(); }))
      synthetic.push_back(part->folder);
    if (!part->experiment.environment.same_class(parts.front().part->experiment.environment))
      sentences.push_back(part->folder + ": measured on another machine or with other software than " +
                          parts.front().part->folder);
  }
  for (auto& sentence : changed_models(parts)) sentences.push_back(std::move(sentence));
  if (!synthetic.empty()) {
    sentences.push_back("synthetic weights (" + base::join(synthetic, ", ") +
                        "): times are real, outputs mean nothing");
  }
  return sentences;
}

std::string findings(const std::vector<Part>& parts) {
  std::string text;
  for (const auto& [part, groups] : parts) {
    for (const auto& group : groups)
      text += "- **" + plain(title(group)) + "**: " + plain(sentence(group)) + "\n";
  }
  return text.empty() ? text : "\n## Findings\n\n" + text;
}

/// For each use, of every experiment; the rules once.
std::string advice_text(const std::vector<Part>& parts) {
  std::string text;
  for (const auto& [part, groups] : parts) {
    for (const auto& advice : part->advice) {
      const Sheet sheet = advice_sheet(groups, advice);
      text += "\n### " + plain(sheet.title) + "\n\n";
      text += sheet.rows.empty() ? "No candidate may be recommended.\n" : markdown::sheet_rows(sheet);
      if (const auto left_out = exclusions(groups, advice); !left_out.empty())
        text += "\nNever recommended:\n\n" + bullets(left_out);
    }
  }
  if (text.empty()) return text;
  return "\n## Recommendations\n" + text + "\nHow each is chosen:\n\n" + bullets(advice_rules());
}

/// The columns of the guide's summary, and what a number is worth.
std::string candidate_row(const GroupView& group, const CandidateView& candidate) {
  std::vector<std::string> cells = {plain(title(group)), plain(candidate.spec->label)};
  const auto* summary = candidate.summary;
  if (summary == nullptr) {
    const std::string why = candidate.failed() ? outcome(*candidate.outcome) : "not measured";
    cells.insert(cells.end(), {"-", "-", "-", "-", "-", "-", plain(why), "-", "-"});
    return row(cells);
  }
  const auto time = [](double ns) { return std::isfinite(ns) ? base::format_ns(ns) : "-"; };
  const auto gated = [&](double p) {
    const auto* found = percentile(candidate, p);
    return time(found == nullptr ? analysis::kNone : found->value_ns);
  };
  cells.insert(cells.end(), {time(summary->mean_ns), time(summary->median_ns), gated(0.95), gated(0.99),
                             rate(summary->throughput_per_second), speed_up(candidate), verdict(candidate),
                             size(summary->peak_rss_bytes),
                             candidate.artefact == nullptr ? "-" : size(candidate.artefact->size_bytes)});
  return row(cells);
}

std::string phase_text(const std::string& phase, const std::vector<Part>& parts) {
  std::string text = "\n## " + plain(phase) + "\n\n" +
                     head({"workload", "candidate", "mean", "median", "p95", "p99", "items/s", "speed-up",
                           "verdict", "peak memory", "size"});
  std::string reports, batches;
  for (const auto& [part, groups] : parts) {
    if (phase_of(*part) != phase) continue;
    for (const auto& group : groups) {
      for (const auto& candidate : group.candidates) text += candidate_row(group, candidate);
    }
    reports += "- " + code(part->folder + "/report.html") + "\n";
    for (const auto& sweep : part->analysis.batches) batches += "- " + plain(batch_finding(sweep)) + "\n";
  }
  return text + (batches.empty() ? "" : "\n" + batches) + "\nWhole reports:\n\n" + reports;
}

std::string phases_text(const std::vector<Part>& parts) {
  std::string text;
  std::vector<std::string> seen;
  for (const auto& [part, groups] : parts) {
    const auto phase = phase_of(*part);
    if (std::find(seen.begin(), seen.end(), phase) != seen.end()) continue;
    seen.push_back(phase);
    text += phase_text(phase, parts);
  }
  return text;
}

std::string failures_text(const std::vector<Part>& parts) {
  std::string text;
  for (const auto& [part, groups] : parts) {
    for (const auto& group : groups) {
      for (const auto& candidate : group.candidates) {
        if (!candidate.failed()) continue;
        const auto& ended = *candidate.outcome;
        text += row({plain(title(group)), plain(candidate.spec->label), plain(outcome(ended)),
                     ended.repeat.empty() ? "-" : code_cell(ended.repeat)});
      }
    }
  }
  return text.empty() ? text
                      : "\n## Failed candidates\n\n" + head({"workload", "candidate", "why", "again"}) + text;
}

/// The same cell is skipped in many experiments for one reason: one row.
std::string skipped_text(const std::vector<Part>& parts) {
  std::string text;
  std::vector<results::SkippedCell> seen;
  for (const auto& [part, groups] : parts) {
    for (const auto& cell : part->experiment.plan.skipped) {
      const bool known = std::any_of(seen.begin(), seen.end(), [&](const auto& one) {
        return one.label == cell.label && one.reason == cell.reason;
      });
      if (known) continue;
      seen.push_back(cell);
      text +=
          row({plain(cell.label), plain(cell.reason), cell.remedy.empty() ? "-" : code_cell(cell.remedy)});
    }
  }
  return text.empty() ? text : "\n## Skipped\n\n" + head({"candidate", "reason", "what to do"}) + text;
}

std::string records_text(const std::vector<Part>& parts) {
  std::string text = "\n## Records\n\n" + head({"folder", "experiment", "started", "analysis"});
  for (const auto& [part, groups] : parts) {
    text += row({plain(part->folder), code_cell(part->experiment.id), plain(part->experiment.started_utc),
                 fmt::format("version {}", part->analysis.version)});
  }
  return text +
         "\nEvery number here was measured. Blank percentiles (-) want more samples than there are; "
         "all_results.csv has the plain type-7 numbers too. Intervals are valid whenever the measurement "
         "stopped; numbers of different groups were not measured side by side.\n";
}

}  // namespace

std::string print_consolidated(const Suite& suite) {
  const auto parts = parts_of(suite);
  std::string text = "# Inferometer: consolidated report\n\n" + facts(suite, parts);
  if (const auto all = first_things(suite, parts); !all.empty())
    text += "\n**Read this first**\n\n" + bullets(all);
  if (parts.empty()) return text;
  return text + findings(parts) + phases_text(parts) + advice_text(parts) + failures_text(parts) +
         skipped_text(parts) + records_text(parts);
}

}  // namespace inferometer::report
