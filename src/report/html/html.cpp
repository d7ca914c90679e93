#include <fmt/format.h>

#include "base/text.h"
#include "report/core/advice.h"
#include "report/core/reasons.h"
#include "report/core/sentence.h"
#include "report/core/wording.h"
#include "report/html/batch_chart.h"
#include "report/html/candidates.h"
#include "report/html/distribution_chart.h"
#include "report/html/fidelity_chart.h"
#include "report/html/html.h"
#include "report/html/parts.h"
#include "report/html/script.h"
#include "report/html/speed_up_chart.h"
#include "report/html/style.h"
#include "report/html/svg.h"
#include "report/html/text.h"

namespace inferometer::report {
namespace {

using html::folded;
using html::list;
using html::name;
using html::text;

std::string head(const results::Experiment& experiment) {
  // Nothing is loaded from anywhere: the icon is named so that no browser asks a server for one.
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src "
      "'{}'; "
      "img-src data:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
      "<title>Inferometer: {} {}</title>\n<style>{}</style>\n</head>\n<body>\n",
      html::source_hash(html::kStyle), html::source_hash(html::kScript), text(experiment.title),
      text(short_id(experiment)), html::kStyle);
}

std::string grade_badge(const GroupView& group, const std::string& id) {
  const std::string grade = analysis::to_text(group.analysis->trust.grade);
  return "<a class=\"grade " + grade + "\" href=\"#" + id + "-trust\">trust " + grade + "</a>";
}

std::string group_id(std::size_t index) { return fmt::format("g{}", index); }

std::string verdicts_text(const Input& input, const std::vector<GroupView>& groups) {
  const auto& record = input.experiment;
  std::string shown = "<header>\n<h1 class=\"brand\"><b>Inferometer</b> " + name(record.title) + " " +
                      name(short_id(record)) + " <span>" + name(record.started_utc) + "</span> <span>" +
                      name(machine(record.environment)) + "</span></h1>\n";
  shown += groups.size() > 3 ? "<div class=\"verdicts many\">\n" : "<div class=\"verdicts\">\n";
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto& group = groups[i];
    shown += "<section class=\"verdict-card\"><h2>" + name(title(group)) + "</h2>\n<p class=\"sentence\">" +
             name(sentence(group)) + "</p>\n<p>" + grade_badge(group, group_id(i)) + " <span>" +
             text(counts(group) + "; " + mode_name(record.plan.effort.mode)) +
             "</span> <a class=\"more\" href=\"#" + group_id(i) + "\">its charts</a></p></section>\n";
  }
  shown += "</div>\n";
  std::vector<std::string> doubts;
  for (const auto& warning : warnings(record)) doubts.push_back(text(warning));
  if (!doubts.empty()) shown += "<div class=\"warning\"><b>Read this first</b>\n" + list(doubts) + "</div>\n";
  return shown + "</header>\n<main>\n";
}

std::string trust_text(const GroupView& group, const std::string& id, double margin) {
  const auto& trust = group.analysis->trust;
  std::vector<std::string> reasons, facts, limits;
  for (const auto& reason : sentences(trust.reasons)) reasons.push_back(text(reason));
  for (const auto& part : self_comparison(group)) facts.push_back(text(part));
  facts.push_back(text(harness_cost(group)));
  facts.push_back(text(stop(group)));
  for (const auto& note : shared_notes(group, margin))
    limits.push_back(name(who(note, group)) + ": " + text(note.text));
  std::string shown = "<section class=\"trust\" id=\"" + id + "-trust\"><h3>Can I trust it?</h3>\n";
  shown += "<p><b class=\"grade " + std::string(analysis::to_text(trust.grade)) + "\">trust " +
           analysis::to_text(trust.grade) + "</b>" +
           (reasons.empty() ? " no concerns</p>\n" : " because:</p>\n" + list(reasons));
  shown += list(facts);
  return limits.empty() ? shown : shown + "<h4>To be read with the numbers</h4>\n" + list(limits);
}

std::string group_text(const GroupView& group, const std::string& id, double margin) {
  const auto runs = distribution_chart(group, id + "-runs");
  const auto fidelity = fidelity_chart(group, id + "-fidelity");
  // A table goes under its chart, or here where there is no chart.
  const auto tables = (fidelity.empty() ? folded(truth_sheet(group)) : "") +
                      (runs.empty() ? folded(percentiles_sheet(group)) : "") + folded(phases_sheet(group));
  auto left = speed_up_chart(group, id + "-speed") + runs;
  auto right = fidelity;
  // The shorter column takes it.
  (runs.empty() && !fidelity.empty() ? left : right) +=
      trust_text(group, id, margin) + tables + "</section>\n";
  return "<section class=\"group\" id=\"" + id + "\"><h2>" + name(title(group)) +
         "</h2>\n<div class=\"charts\">\n<div>\n" + left + "</div>\n<div>\n" + right +
         "</div>\n</div></section>\n";
}

std::string advice_section(const std::vector<GroupView>& groups, const select::Advice& advice, bool last) {
  const Sheet sheet = advice_sheet(groups, advice);
  std::string shown = "<section class=\"advice\"><h2>" + name(sheet.title) + "</h2>\n";
  shown += sheet.rows.empty() ? "<p>No candidate may be recommended.</p>\n" : html::table(sheet);
  const auto named = [](const std::vector<std::string>& sentences) {
    std::vector<std::string> items;
    for (const auto& sentence : sentences) items.push_back(name(sentence));
    return list(items);
  };
  if (const auto left_out = exclusions(groups, advice); !left_out.empty())
    shown += "<h4>Never recommended</h4>\n" + named(left_out);
  if (last) shown += folded("How each is chosen", named(advice_rules()));
  return shown + "</section>\n";
}

std::string untested_text(const Input& input, const std::vector<GroupView>& groups) {
  std::vector<std::string> items;
  for (const auto& cell : input.experiment.plan.skipped) {
    items.push_back(name(cell.label) + ": " + text(cell.reason) +
                    (cell.remedy.empty() ? "" : "; <code>" + text(cell.remedy) + "</code>"));
  }
  for (const auto& group : groups) {
    for (const auto& candidate : group.candidates) {
      if (candidate.summary != nullptr) continue;
      const auto why = candidate.failed() ? outcome(*candidate.outcome) : "not measured";
      items.push_back(name(candidate.spec->label) + " (" + name(title(group)) + "): " + text(why));
    }
  }
  if (items.empty()) items.emplace_back("every candidate of the plan was measured");
  return "<section><h2>What was not tested</h2>\n" + list(items) + "</section>\n";
}

std::string method_text(const Input& input, const std::vector<GroupView>& groups) {
  const auto method = method_sheet(input, groups);
  return "<section><h2>" + method.title + "</h2>\n" + html::table(method) +
         folded(artefacts_sheet(input.experiment)) + folded(environment_sheet(input.experiment.environment)) +
         "</section>\n";
}

}  // namespace

std::string print_html(const Input& input, const Style&) {
  const auto groups = views(input);
  std::string page = head(input.experiment) + shape_definitions();
  page += verdicts_text(input, groups);
  for (const auto& advice : input.advice)
    page += advice_section(groups, advice, &advice == &input.advice.back());
  const auto& batches = input.analysis.batches;
  for (std::size_t i = 0; i < batches.size(); ++i) page += batch_chart(batches[i], fmt::format("b{}", i));
  for (std::size_t i = 0; i < groups.size(); ++i)
    page += group_text(groups[i], group_id(i), input.experiment.plan.effort.margin);
  page += "<section><h2>All candidates</h2>\n" + html::candidates_table(groups) + "</section>\n";
  page += untested_text(input, groups) + method_text(input, groups);
  return page + "</main>\n<script>" + html::kScript + "</script>\n</body>\n</html>\n";
}

}  // namespace inferometer::report
