// bert_comparison_results.json: one result a configuration, with every sample it is based on.
#include <cmath>

#include "report/core/sentence.h"
#include "report/core/wording.h"
#include "report/guides/bert/claims.h"
#include "report/guides/bert/json.h"
#include "report/json/parts.h"
#include "results/json.h"

namespace inferometer::report {
namespace {

using base::Json;
using json::kProvenance;

constexpr int kSchemaVersion = 2;

/// Every block of every load as it was recorded, disturbed and failed ones too.
Json samples(const CandidateView& view) {
  Json loads = Json::array();
  for (const auto* load : view.loads) {
    Json blocks = Json::array();
    for (const auto& block : load->blocks) {
      blocks.push_back({{"round", block.round},
                        {"disturbed", json::reason(block.disturbed)},
                        {"runs_per_sample", block.runs_per_sample},
                        {"wall_ns", block.wall_ns},
                        {"cpu_ns", block.cpu_ns},
                        {"durations_ns", block.durations_ns}});
    }
    loads.push_back({{"outcome", json::outcome(&load->outcome)},
                     {"peak_memory_bytes", load->peak_rss_bytes},
                     {"blocks", blocks}});
  }
  return loads;
}

Json result(const GroupView& group, const CandidateView& view) {
  const auto& workload = group.group->workload;
  return {{"model", workload.model},
          {"synthetic_weights", group.synthetic_weights()},
          {"config", view.spec->label},
          {"group", group.group->id},
          {"candidate", view.spec->id},
          {"is_baseline", view.is_baseline()},
          {"batch_size", workload.batch_size},
          {"sequence_length", workload.sequence_length},
          {"configuration", view.spec->configuration},
          {"outcome", json::outcome(view.outcome)},
          {"latency", json::latency(view)},
          {"resources", json::resources(view)},
          {"model_size_bytes", view.artefact == nullptr ? Json() : Json(view.artefact->size_bytes)},
          {"fidelity", json::truth_check(view)},
          {"accuracy_loss", nullptr},
          {"comparison", json::comparison(view)},
          {"samples", samples(view)}};
}

Json best(const GroupView& group) {
  const auto& analysis = *group.analysis;
  return {{"group", group.group->id},
          {"baseline", group.group->baseline},
          {"fastest", analysis.fastest.empty() ? Json() : Json(analysis.fastest)},
          {"sentence", sentence(group)},
          {"trust", json::trust(analysis.trust)}};
}

Json claim(const GroupView& group, const bert::CheckedClaim& checked) {
  const auto& said = *checked.claim;
  return {{"group", group.group->id},
          {"config", said.label},
          {"candidate", checked.candidate.empty() ? Json() : Json(checked.candidate)},
          {"claimed",
           {{"provenance", "claimed"},
            {"size", said.size},
            {"speed_up", said.speed_up},
            {"speed_up_low", said.speed_up_low},
            {"speed_up_high", said.speed_up_high},
            {"accuracy_loss", said.accuracy_loss}}},
          {"measured",
           {{"provenance", kProvenance},
            {"size_share", checked.size_share},
            {"latency", checked.latency.units == 0 ? Json() : json::ratio(checked.latency)},
            {"claim_scope", checked.these_loads_only ? "these loads" : "fresh loads"}}},
          {"finding", bert::to_text(checked.finding)}};
}

Json experiment(const results::Experiment& record) {
  return {{"id", record.id},
          {"started_utc", record.started_utc},
          {"command", record.plan.command},
          {"seed", record.plan.seed},
          {"ended", record.ended},
          {"interrupted", record.interrupted},
          {"damage", record.damage}};
}

}  // namespace

std::string print_bert_json(const Input& input, const Style&) {
  const auto& record = input.experiment;
  Json results = Json::array(), fastest = Json::array(), claims = Json::array();
  for (const auto& group : views(input)) {
    for (const auto& candidate : group.candidates) results.push_back(result(group, candidate));
    fastest.push_back(best(group));
    for (const auto& checked : bert::check_claims(record, *group.group, *group.analysis))
      claims.push_back(claim(group, checked));
  }
  const Json all = {{"schema_version", kSchemaVersion},
                    {"analysis_version", input.analysis.version},
                    {"set", record.plan.set},
                    {"provenance", kProvenance},
                    {"experiment", experiment(record)},
                    {"effort", record.plan.effort},
                    {"environment", record.environment},
                    {"results", results},
                    {"best", fastest},
                    {"recommendations", json::recommendations(input)},
                    {"claims", claims},
                    {"skipped", record.plan.skipped}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace inferometer::report
