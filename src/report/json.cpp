#include "base/json.h"

#include "report/printers.h"
#include "report/view.h"
#include "results/json.h"

namespace inferometer::report {
namespace {

using base::Json;

constexpr int kSchemaVersion = 1;
constexpr const char* kProvenance = "measured";

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
          {"speaks_of", comparison.these_loads_only ? "these loads" : "fresh loads"},
          {"ranked", comparison.ranked},
          {"why", comparison.why},
          {"these_loads", ratio(comparison.these_loads)},
          {"fresh_loads", ratio(comparison.fresh_loads)},
          {"cpu_time", ratio(comparison.cpu_time)},
          {"needs_loads", comparison.needs_loads},
          {"seconds_more", comparison.seconds_more},
          {"differs_within_margin", comparison.differs_within_margin},
          {"floor_contradicts", comparison.floor_contradicts}};
}

Json percentiles(const analysis::Summary& summary) {
  Json all = Json::array();
  for (const auto& one : summary.percentiles) {
    all.push_back({{"p", one.p},
                   {"value_ns", one.value_ns},
                   {"plain_type7_ns", one.plain_ns},
                   {"why_blank", one.why_blank}});
  }
  return all;
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
          {"throughput_per_second", summary.throughput_per_second}};
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

Json load(const results::Load& load) {
  return {{"order", load.order},
          {"cpus", load.cpus},
          {"engine_version", load.engine_version},
          {"library_sha256", load.library_sha256},
          {"effective", load.effective},
          {"start_ns", load.start_ns},
          {"load_ns", load.load_ns},
          {"compile_ns", load.compile_ns},
          {"first_run_ns", load.first_run_ns},
          {"warm_up_ns", load.warm_up_ns},
          {"warm_up_runs", load.warm_up_runs},
          {"steady", load.steady},
          {"peak_memory_bytes", load.peak_rss_bytes},
          {"outcome", load.outcome},
          {"rounds", load.blocks.size()}};
}

Json truth_check(const CandidateView& view) {
  if (view.truth == nullptr) return nullptr;
  Json check = *view.truth;
  if (view.truth->disagreement < 0) check["disagreement"] = nullptr;
  return check;
}

Json candidate(const CandidateView& view) {
  Json loads = Json::array();
  for (const auto* one : view.loads) loads.push_back(load(*one));
  return {{"id", view.spec->id},
          {"label", view.spec->label},
          {"artefact", view.spec->artefact},
          {"configuration", view.spec->configuration},
          {"is_baseline", view.is_baseline()},
          {"outcome", view.outcome == nullptr ? Json() : Json(*view.outcome)},
          {"truth_check", truth_check(view)},
          {"latency", latency(view)},
          {"resources", resources(view)},
          {"comparison", comparison(view)},
          {"loads", loads}};
}

Json self_comparison(const analysis::SelfComparison& self) {
  return {{"provenance", kProvenance},
          {"second_label", ratio(self.second_label)},
          {"second_process", self.has_second_process ? ratio(self.second_process) : Json()}};
}

Json harness_cost(const results::HarnessCost& cost) {
  return {{"provenance", kProvenance},
          {"in_region_ns", cost.in_region_ns},
          {"per_iteration_ns", cost.per_iteration_ns},
          {"hand_over_ns", cost.hand_over_ns},
          {"runs", cost.runs}};
}

Json load_sets(const GroupView& view) {
  Json sets = Json::array();
  for (const auto* set : view.load_sets) {
    sets.push_back({{"provenance", kProvenance},
                    {"index", set->index},
                    {"measuring_ns", set->measuring_ns},
                    {"others_cpus", set->others_cpus},
                    {"steal", set->steal},
                    {"interrupted", set->interrupted}});
  }
  return sets;
}

Json group(const GroupView& view) {
  Json candidates = Json::array();
  for (const auto& one : view.candidates) candidates.push_back(candidate(one));
  const auto& trust = view.analysis->trust;
  return {{"id", view.group->id},
          {"workload", view.group->workload},
          {"synthetic_weights", view.synthetic_weights()},
          {"baseline", view.group->baseline},
          {"sentence", view.analysis->sentence},
          {"fastest", view.analysis->fastest.empty() ? Json() : Json(view.analysis->fastest)},
          {"trust", {{"grade", analysis::to_text(trust.grade)}, {"reasons", trust.reasons}}},
          {"self_comparison", self_comparison(view.analysis->self)},
          {"harness_cost", view.harness == nullptr ? Json() : harness_cost(*view.harness)},
          {"stop", view.stop == nullptr ? Json() : Json(*view.stop)},
          {"load_sets", load_sets(view)},
          {"candidates", candidates}};
}

Json experiment(const results::Experiment& record) {
  return {{"id", record.id},
          {"title", record.title},
          {"started_utc", record.started_utc},
          {"command", record.plan.command},
          {"set", record.plan.set},
          {"seed", record.plan.seed},
          {"threads_reason", record.plan.threads_reason},
          {"invocations", record.invocations},
          {"ended", record.ended},
          {"interrupted", record.interrupted},
          {"damage", record.damage}};
}

}  // namespace

std::string print_json(const Input& input, const Style&) {
  const auto& record = input.experiment;
  Json groups = Json::array();
  for (const auto& view : views(input)) groups.push_back(group(view));
  const Json all = {{"schema_version", kSchemaVersion},
                    {"analysis_version", input.analysis.version},
                    {"provenance", kProvenance},
                    {"experiment", experiment(record)},
                    {"effort", record.plan.effort},
                    {"environment", record.environment},
                    {"artefacts", record.plan.artefacts},
                    {"preparations", record.preparations},
                    {"groups", groups},
                    {"skipped", record.plan.skipped}};
  // NaN and infinities become null, bytes that are no UTF-8 are replaced: as in base::to_line.
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace inferometer::report
