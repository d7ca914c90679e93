#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "report/core/reasons.h"
#include "report/core/wording.h"
#include "report/html/candidates.h"
#include "report/html/parts.h"
#include "report/html/svg.h"
#include "report/html/text.h"

namespace inferometer::report::html {
namespace {

/// A number as people read it, and as the script sorts it.
std::string number_cell(double value, const std::string& shown) {
  if (!std::isfinite(value)) return "<td class=\"number\" data-v=\"\">-</td>";
  return fmt::format("<td class=\"number\" data-v=\"{:.6g}\">{}</td>", value, text(shown));
}

std::string time_cell(double nanoseconds) { return number_cell(nanoseconds, base::format_ns(nanoseconds)); }

std::string size_cell(std::int64_t bytes) {
  return number_cell(bytes > 0 ? static_cast<double>(bytes) : analysis::kNone, size(bytes));
}

std::string verdict_class(const CandidateView& candidate) {
  if (candidate.failed()) return "failed";
  if (candidate.is_baseline()) return "level";
  const auto& comparison = *candidate.comparison;
  if (!comparison.ranked || comparison.verdict == results::VerdictKind::Invalid) return "failed";
  if (comparison.verdict == results::VerdictKind::Faster) return "faster";
  return comparison.verdict == results::VerdictKind::Slower ? "slower" : "level";
}

/// Why there is no number, or why it is no verdict.
std::string reason(const CandidateView& candidate) {
  if (candidate.failed()) {
    const auto& ended = *candidate.outcome;
    std::string shown = "<br>" + name(outcome(ended));
    if (!ended.repeat.empty()) shown += "<br>again: <code>" + text(ended.repeat) + "</code>";
    if (!ended.log_tail.empty()) {
      shown += "<details><summary>the last lines it printed</summary><pre>" + lines(ended.log_tail) +
               "</pre></details>";
    }
    return shown;
  }
  if (candidate.summary == nullptr) return "<br>not measured";
  if (candidate.is_baseline() || candidate.comparison->reasons.empty()) return "";
  return "<br>" + name(words(candidate.comparison->reasons));
}

std::string numbers(const CandidateView& candidate) {
  const analysis::Summary none;
  const auto& summary = candidate.summary == nullptr ? none : *candidate.summary;
  std::string cells = time_cell(summary.median_ns);
  for (const double p : {0.95, 0.99}) {
    const auto* found = percentile(candidate, p);
    cells += time_cell(found == nullptr ? analysis::kNone : found->value_ns);
  }
  const double speed = candidate.is_baseline() ? (candidate.summary == nullptr ? analysis::kNone : 1)
                                               : 1 / analysis::printed_ratio(*candidate.comparison).ratio;
  cells += number_cell(speed, speed_up(candidate));
  const auto word = candidate.is_baseline() && !candidate.failed() ? "baseline" : verdict(candidate);
  cells += fmt::format("<td class=\"verdict {0}\" data-v=\"{1}\"><b>{1}</b>{2}</td>",
                       verdict_class(candidate), text(word), reason(candidate));
  cells += number_cell(summary.throughput_per_second, rate(summary.throughput_per_second));
  const bool checked = candidate.truth != nullptr && candidate.truth->verified;
  const double error = checked ? candidate.truth->max_rel_error : analysis::kNone;
  cells += number_cell(error, fmt::format("{:.2g}", error));
  cells += size_cell(candidate.artefact == nullptr ? 0 : candidate.artefact->size_bytes);
  return cells + size_cell(summary.peak_rss_bytes);
}

std::string heads(bool with_workload) {
  std::string shown = "<th scope=\"col\">candidate</th>";
  if (with_workload) shown += "<th scope=\"col\">workload</th>";
  for (const std::string head :
       {"median", "p95", "p99", "speed-up", "verdict", "items/s", "largest error", "size", "peak memory"}) {
    shown +=
        (head == "verdict" ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"number\">") + head + "</th>";
  }
  return "<thead><tr>" + shown + "</tr></thead>\n";
}

}  // namespace

std::string candidates_table(const std::vector<GroupView>& groups) {
  const bool with_workload = groups.size() > 1;
  std::string shown =
      scrolled("All candidates") + "<table class=\"sortable\">\n" + heads(with_workload) + "<tbody>\n";
  for (const auto& group : groups) {
    for (std::size_t i = 0; i < group.candidates.size(); ++i) {
      const auto& candidate = group.candidates[i];
      shown += "<tr data-c=\"" + text(candidate.spec->id) + "\"><th scope=\"row\">" + legend_mark(i) +
               name(candidate.spec->label) + "</th>";
      if (with_workload) shown += "<td class=\"workload\">" + name(title(group)) + "</td>";
      shown += numbers(candidate) + "</tr>\n";
    }
  }
  return shown + "</tbody></table></div>\n";
}

}  // namespace inferometer::report::html
