#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "report/core/sentence.h"
#include "report/core/sheet.h"
#include "report/core/wording.h"
#include "report/markdown/markdown.h"
#include "report/markdown/parts.h"
#include "report/markdown/text.h"

namespace inferometer::report {
namespace {

using markdown::bullets;
using markdown::failures_text;
using markdown::head;
using markdown::notes_list;
using markdown::plain;
using markdown::row;
using markdown::sheet_rows;
using markdown::sheet_text;
using markdown::trust_text;

std::string candidates_table(const GroupView& group) {
  const TimeUnit unit = unit_for(group);
  const auto in_unit = [&](const char* name) { return fmt::format("{} ({})", name, unit.name); };
  std::string text = head({"candidate", in_unit("median"), in_unit("p95"), in_unit("p99"), "speed-up",
                           "verdict", "size", "peak memory", "CPUs used"});
  for (const auto& candidate : group.candidates) {
    const auto* summary = candidate.summary;
    const auto gated = [&](double p) {
      const auto* found = percentile(candidate, p);
      return unit.print(found == nullptr ? analysis::kNone : found->value_ns);
    };
    const std::string artefact_size =
        candidate.artefact == nullptr ? "-" : size(candidate.artefact->size_bytes);
    if (summary == nullptr) {
      const std::string why = candidate.failed() ? outcome(*candidate.outcome) : "not measured";
      text += row({plain(candidate.spec->label), "-", "-", "-", "-", plain(why), artefact_size, "-", "-"});
      continue;
    }
    text += row({plain(candidate.spec->label), unit.print(summary->median_ns), gated(0.95), gated(0.99),
                 speed_up(candidate), verdict(candidate), artefact_size, size(summary->peak_rss_bytes),
                 std::isnan(summary->cpu_mean) ? "-" : fmt::format("{:.2f}", summary->cpu_mean)});
  }
  return text;
}

std::string ratios_text(const GroupView& group) {
  const Sheet sheet = ratios_sheet(group);
  return sheet.rows.empty() ? "" : "\n" + plain(sheet.title) + ":\n\n" + sheet_rows(sheet);
}

std::string group_text(const GroupView& group, double margin) {
  std::string text = "\n## " + plain(title(group)) + "\n\n" + plain(sentence(group)) + ".\n\n" +
                     "Measured, " + counts(group) + ".\n\n" + candidates_table(group) + "\n" +
                     notes_list(group, margin);
  return text + ratios_text(group) + trust_text(group) + sheet_text("###", truth_sheet(group)) +
         sheet_text("###", percentiles_sheet(group)) + sheet_text("###", phases_sheet(group));
}

}  // namespace

std::string print_markdown(const Input& input, const Style&) {
  const auto groups = views(input);
  std::string text =
      "# Inferometer: " + plain(input.experiment.title) + " " + plain(short_id(input.experiment)) + "\n\n";
  for (const auto& group : groups) {
    text += "- **" + plain(title(group)) + "**: " + plain(sentence(group)) + "\n";
  }
  if (const auto all = warnings(input.experiment); !all.empty())
    text += "\n**Read this first**\n\n" + bullets(all);
  text += markdown::advice_text("##", groups, input.advice);
  for (const auto& group : groups) text += group_text(group, input.experiment.plan.effort.margin);
  text += failures_text(groups) + sheet_text("##", skipped_sheet(input.experiment.plan));
  text += sheet_text("##", method_sheet(input, groups));
  return text + sheet_text("###", artefacts_sheet(input.experiment)) +
         sheet_text("###", environment_sheet(input.experiment.environment));
}

}  // namespace inferometer::report
