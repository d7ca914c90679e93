#include "base/json.h"

#include "report/core/sentence.h"
#include "report/core/view.h"
#include "report/json/json.h"
#include "report/json/parts.h"
#include "results/json.h"

namespace inferometer::report {
namespace {

using base::Json;
using json::comparison;
using json::kProvenance;
using json::latency;
using json::ratio;
using json::resources;
using json::truth_check;

constexpr int kSchemaVersion = 2;

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
          {"outcome", json::outcome(&load.outcome)},
          {"rounds", load.blocks.size()}};
}

Json candidate(const CandidateView& view) {
  Json loads = Json::array();
  for (const auto* one : view.loads) loads.push_back(load(*one));
  return {{"id", view.spec->id},
          {"label", view.spec->label},
          {"artefact", view.spec->artefact},
          {"configuration", view.spec->configuration},
          {"is_baseline", view.is_baseline()},
          {"outcome", json::outcome(view.outcome)},
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

Json stop_json(const results::GroupStop* stop) {
  if (stop == nullptr) return nullptr;
  Json json = *stop;
  json["reason"] = json::reason(stop->reason);
  return json;
}

Json group(const GroupView& view) {
  Json candidates = Json::array();
  for (const auto& one : view.candidates) candidates.push_back(candidate(one));
  Json json = {{"id", view.group->id},
               {"workload", view.group->workload},
               {"synthetic_weights", view.synthetic_weights()},
               {"baseline", view.group->baseline},
               {"sentence", sentence(view)},
               {"fastest", view.analysis->fastest.empty() ? Json() : Json(view.analysis->fastest)},
               {"trust", json::trust(view.analysis->trust)},
               {"self_comparison", self_comparison(view.analysis->self)},
               {"harness_cost", view.harness == nullptr ? Json() : harness_cost(*view.harness)},
               {"stop", stop_json(view.stop)},
               {"load_sets", load_sets(view)},
               {"candidates", candidates}};
  if (!view.group->wave.empty()) json["wave"] = view.group->wave;
  return json;
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
                    {"recommendations", json::recommendations(input)},
                    {"skipped", record.plan.skipped}};
  // NaN and infinities become null, bytes that are no UTF-8 are replaced: as in base::to_line.
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace inferometer::report
