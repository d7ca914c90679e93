#include "report/markdown/parts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/core/advice.h"
#include "report/core/reasons.h"
#include "report/core/wording.h"
#include "report/markdown/text.h"

namespace inferometer::report::markdown {
namespace {

std::string entry(const Entry& entry) {
  switch (entry.kind) {
    case Entry::Kind::Own:
      break;
    case Entry::Kind::Name:
      return plain(entry.text);
    case Entry::Kind::Code:
      return code_cell(entry.text);
  }
  return entry.text;
}

}  // namespace

std::string sheet_rows(const Sheet& sheet) {
  std::string text = head(sheet.columns);
  for (const auto& line : sheet.rows) {
    std::vector<std::string> cells;
    for (const auto& one : line) cells.push_back(entry(one));
    text += row(cells);
  }
  return text;
}

std::string sheet_text(const char* level, const Sheet& sheet) {
  if (sheet.rows.empty()) return "";
  const std::string note = sheet.note.empty() ? "" : "\n" + sheet.note + "\n";
  return std::string("\n") + level + " " + sheet.title + "\n\n" + sheet_rows(sheet) + note;
}

std::string notes_list(const GroupView& group, double margin) {
  std::vector<std::string> sentences;
  for (const auto& note : shared_notes(group, margin)) {
    sentences.push_back(base::join(note.labels, ", ") + ": " + note.text);
  }
  return bullets(sentences);
}

std::string trust_text(const GroupView& group) {
  const auto& trust = group.analysis->trust;
  std::string text = fmt::format("\nTrust **{}**", analysis::to_text(trust.grade));
  text += trust.reasons.empty() ? ": no concerns.\n\n" : ", because:\n\n" + bullets(sentences(trust.reasons));
  auto sentences = self_comparison(group);
  sentences.push_back(harness_cost(group));
  sentences.push_back(stop(group));
  return text + bullets(sentences);
}

std::string advice_text(const char* level, const std::vector<GroupView>& groups,
                        const std::vector<select::Advice>& all) {
  std::string text;
  for (const auto& advice : all) {
    const Sheet sheet = advice_sheet(groups, advice);
    text += std::string("\n") + level + " " + plain(sheet.title) + "\n\n";
    text += sheet.rows.empty() ? "No candidate may be recommended.\n" : sheet_rows(sheet);
    if (const auto left_out = exclusions(groups, advice); !left_out.empty())
      text += "\nNever recommended:\n\n" + bullets(left_out);
  }
  return text.empty() ? text : text + "\nHow each is chosen:\n\n" + bullets(advice_rules());
}

std::string failures_text(const std::vector<GroupView>& groups) {
  std::string text;
  for (const auto& group : groups) {
    for (const auto& candidate : group.candidates) {
      if (!candidate.failed()) continue;
      text += "\n### " + plain(candidate.spec->label) + " (" + plain(title(group)) + ")\n\n" +
              plain(outcome(*candidate.outcome)) + "\n";
      if (!candidate.outcome->repeat.empty()) text += "\nAgain: " + code(candidate.outcome->repeat) + "\n";
      if (!candidate.outcome->log_tail.empty()) {
        text += "\nThe last lines it printed:\n\n" + code_block(candidate.outcome->log_tail);
      }
    }
  }
  return text.empty() ? text : "\n## Failed candidates\n" + text;
}

}  // namespace inferometer::report::markdown
