#include "report/json/parts.h"

#include <cmath>

#include "report/core/advice.h"
#include "report/core/reasons.h"
#include "results/json.h"

namespace inferometer::report::json {

using base::Json;

namespace {

Json percentiles(const analysis::Summary& summary) {
  Json all = Json::array();
  for (const auto& one : summary.percentiles) {
    all.push_back({{"p", one.p},
                   {"value_ns", one.value_ns},
                   {"plain_type7_ns", one.plain_ns},
                   {"why_blank", reason(one.why_blank)}});
  }
  return all;
}

Json contender(const select::Contender& contender) {
  if (contender.candidate.empty()) return nullptr;
  return {{"group", contender.group}, {"candidate", contender.candidate}, {"value", contender.value}};
}

const char* basis(select::Basis basis) {
  switch (basis) {
    case select::Basis::Interval:
      return "interval";
    case select::Basis::Fact:
      return "fact";
    case select::Basis::NoClaim:
      return "no claim";
  }
  return "";
}

Json recommendation(const std::vector<GroupView>& groups, const select::Advice& advice,
                    const select::Recommendation& choice) {
  return {{"use", select::to_text(choice.use)},
          {"rule", select::rule(choice.use)},
          {"measure", select::to_text(choice.measure)},
          {"chosen", contender(choice.chosen)},
          {"runner_up", contender(choice.runner_up)},
          {"difference", choice.difference.units == 0 ? Json() : ratio(choice.difference)},
          {"claim_scope", choice.these_loads_only ? "these loads" : "fresh loads"},
          {"needs_loads", choice.needs_loads},
          {"basis", basis(choice.basis)},
          {"no_claim", reason(choice.no_claim)},
          {"overruled", contender(choice.overruled)},
          {"why", advice_why(groups, advice, choice)}};
}

}  // namespace

Json reason(const results::Reason& reason) {
  if (reason.empty()) return nullptr;
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  return {{"code", results::to_text(reason.code)},
          {"subject", reason.subject},
          {"value", number(reason.value)},
          {"limit", number(reason.limit)},
          {"sentence", words(reason)}};
}

Json reasons(const results::Reasons& reasons) {
  Json all = Json::array();
  for (const auto& one : reasons) all.push_back(reason(one));
  return all;
}

Json outcome(const results::Outcome* outcome) {
  if (outcome == nullptr) return nullptr;
  Json json = *outcome;
  json["reason"] = reason(outcome->reason);
  return json;
}

Json trust(const analysis::Trust& trust) {
  return {{"grade", analysis::to_text(trust.grade)}, {"reasons", reasons(trust.reasons)}};
}

Json ratio(const analysis::Ratio& ratio) {
  return {{"latency_ratio", ratio.ratio},
          {"latency_ratio_low", ratio.low},
          {"latency_ratio_high", ratio.high},
          {"speed_up", 1 / ratio.ratio},
          {"speed_up_low", 1 / ratio.high},
          {"speed_up_high", ratio.low > 0 ? Json(1 / ratio.low) : Json()},
          {"units", ratio.units},
          {"deviation_log", ratio.deviation},
          {"robust_deviation_log", ratio.robust_deviation},
          {"verdict", results::to_text(ratio.verdict)}};
}

Json comparison(const CandidateView& candidate) {
  if (candidate.is_baseline()) return nullptr;
  const auto& comparison = *candidate.comparison;
  return {{"provenance", kProvenance},
          {"baseline", comparison.baseline},
          {"level", comparison.level},
          {"verdict", results::to_text(comparison.verdict)},
          {"claim_scope", comparison.these_loads_only ? "these loads" : "fresh loads"},
          {"ranked", comparison.ranked},
          {"reasons", reasons(comparison.reasons)},
          {"these_loads", ratio(comparison.these_loads)},
          {"fresh_loads", ratio(comparison.fresh_loads)},
          {"cpu_time", ratio(comparison.cpu_time)},
          {"needs_loads", comparison.needs_loads},
          {"seconds_more", comparison.seconds_more},
          {"differs_within_margin", comparison.differs_within_margin},
          {"floor_contradicts", comparison.floor_contradicts}};
}

Json latency(const CandidateView& candidate) {
  if (candidate.summary == nullptr) return nullptr;
  const auto& summary = *candidate.summary;
  return {{"provenance", kProvenance},
          {"runs", summary.runs},
          {"samples", summary.samples},
          {"loads", summary.loads},
          {"rounds", summary.rounds},
          {"disturbed_rounds", summary.disturbed_rounds},
          {"median_ns", summary.median_ns},
          {"mean_ns", summary.mean_ns},
          {"deviation_ns", summary.deviation_ns},
          {"minimum_ns", summary.minimum_ns},
          {"maximum_ns", summary.maximum_ns},
          {"floor_ns", summary.floor_ns},
          {"percentiles", percentiles(summary)},
          {"throughput_per_second", summary.throughput_per_second},
          {"first_token_ns", summary.first_token_ns},
          {"per_token_ns", summary.per_token_ns}};
}

Json resources(const CandidateView& candidate) {
  if (candidate.summary == nullptr) return nullptr;
  const auto& summary = *candidate.summary;
  return {{"provenance", kProvenance},
          {"cpus_used", summary.cpu_mean},
          {"cpu_ns_per_run", summary.cpu_ns_per_run},
          {"run_delay_share", summary.run_delay_share},
          {"faults_per_run", summary.faults_per_run},
          {"start_ns", summary.start_ns},
          {"load_ns", summary.load_ns},
          {"compile_ns", summary.compile_ns},
          {"first_run_ns", summary.first_run_ns},
          {"warm_up_ns", summary.warm_up_ns},
          {"peak_memory_bytes", summary.peak_rss_bytes},
          {"harness_share", summary.harness_share}};
}

Json truth_check(const CandidateView& view) {
  if (view.truth == nullptr) return nullptr;
  Json check = *view.truth;
  if (view.truth->disagreement < 0) check["disagreement"] = nullptr;
  check["reason"] = reason(view.truth->reason);
  return check;
}

Json recommendations(const Input& input) {
  const auto groups = views(input);
  Json all = Json::array();
  for (const auto& advice : input.advice) {
    Json choices = Json::array(), excluded = Json::array();
    for (const auto& choice : advice.recommendations)
      choices.push_back(recommendation(groups, advice, choice));
    for (const auto& one : advice.excluded)
      excluded.push_back(
          {{"group", one.group}, {"candidate", one.candidate}, {"reasons", reasons(one.reasons)}});
    all.push_back({{"provenance", kProvenance},
                   {"groups", advice.groups},
                   {"recommendations", choices},
                   {"excluded", excluded}});
  }
  return all;
}

}  // namespace inferometer::report::json
