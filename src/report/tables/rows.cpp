#include "report/tables/rows.h"

#include <algorithm>

#include "base/text.h"
#include "report/core/reasons.h"
#include "report/core/view.h"

namespace inferometer::report {
namespace {

using base::Json;

void add_names(const Input& input, const GroupView& group, const CandidateView& candidate, Row& row) {
  const auto& workload = group.group->workload;
  const auto& configuration = candidate.spec->configuration;
  std::vector<std::string> options;
  for (const auto& [name, value] : configuration.options) options.push_back(name + "=" + value);
  const auto reason = candidate.outcome ? candidate.outcome->reason : results::Reason();
  row.insert(row.end(),
             {{"experiment", input.experiment.id},
              {"group", group.group->id},
              {"model", workload.model},
              {"synthetic_weights", group.synthetic_weights()},
              {"batch_size", workload.batch_size},
              {"sequence_length", workload.sequence_length},
              {"candidate", candidate.spec->id},
              {"label", candidate.spec->label},
              {"variant", configuration.variant},
              {"engine", configuration.engine},
              {"engine_version", configuration.engine_version},
              {"device", configuration.device},
              {"precision", configuration.precision},
              {"threads", configuration.threads},
              {"options", base::join(options, " ")},
              {"artefact", candidate.spec->artefact},
              {"outcome", candidate.outcome ? Json(results::to_text(candidate.outcome->kind)) : Json()},
              {"reason", candidate.outcome ? words(candidate.outcome->reason) : ""},
              {"reason_code", reason.empty() ? Json() : Json(results::to_text(reason.code))},
              {"reason_subject", reason.subject},
              {"reason_value", reason.value},
              {"reason_limit", reason.limit},
              {"provenance", candidate.summary ? Json("measured") : Json()}});
}

void add_comparison(const GroupView& group, const CandidateView& candidate, Row& row) {
  const analysis::Comparison none;
  const auto& comparison = candidate.is_baseline() ? none : *candidate.comparison;
  const auto& ratio = analysis::printed_ratio(comparison);
  row.insert(row.end(),
             {{"baseline", group.group->baseline},
              {"verdict", candidate.is_baseline() ? "baseline" : results::to_text(comparison.verdict)},
              {"claim_scope", candidate.is_baseline()       ? ""
                              : comparison.these_loads_only ? "these loads"
                                                            : "fresh loads"},
              {"ranked", candidate.is_baseline() ? Json() : Json(comparison.ranked)},
              {"speed_up", 1 / ratio.ratio},
              {"speed_up_low", 1 / ratio.high},
              {"speed_up_high", ratio.low > 0 ? Json(1 / ratio.low) : Json()},
              {"trust", analysis::to_text(group.analysis->trust.grade)}});
}

void add_numbers(const CandidateView& candidate, Row& row) {
  const analysis::Summary none;
  const auto& summary = candidate.summary ? *candidate.summary : none;
  row.insert(row.end(), {{"loads", summary.loads},
                         {"rounds", summary.rounds},
                         {"samples", summary.samples},
                         {"median_ns", summary.median_ns},
                         {"mean_ns", summary.mean_ns},
                         {"minimum_ns", summary.minimum_ns},
                         {"maximum_ns", summary.maximum_ns}});
  for (const auto& [name, p] : {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}}) {
    const auto found = std::find_if(summary.percentiles.begin(), summary.percentiles.end(),
                                    [&, wanted = p](const auto& one) { return one.p == wanted; });
    const bool has = found != summary.percentiles.end();
    row.push_back({std::string(name) + "_ns", has ? Json(found->value_ns) : Json()});
    row.push_back({std::string(name) + "_plain_type7_ns", has ? Json(found->plain_ns) : Json()});
  }
  row.insert(row.end(), {{"throughput_per_second", summary.throughput_per_second},
                         {"first_token_ns", summary.first_token_ns},
                         {"per_token_ns", summary.per_token_ns},
                         {"size_bytes", candidate.artefact ? Json(candidate.artefact->size_bytes) : Json()},
                         {"peak_memory_bytes", summary.peak_rss_bytes}});
}

std::string csv_cell(const Json& value) {
  const std::string line = base::to_line(value);
  if (line == "null") return "";
  if (!value.is_string()) return line;
  // From the line, so that bytes that are no UTF-8 are replaced here too.
  std::string text = Json::parse(line).get<std::string>();
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
    text = "'" + text;
  if (text.find_first_of(",\"\r\n'") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return quoted + "\"";
}

}  // namespace

std::vector<Row> rows(const Input& input) {
  std::vector<Row> all;
  for (const auto& group : views(input)) {
    for (const auto& candidate : group.candidates) {
      Row row;
      add_names(input, group, candidate, row);
      add_comparison(group, candidate, row);
      add_numbers(candidate, row);
      all.push_back(std::move(row));
    }
  }
  return all;
}

std::vector<Row> suite_rows(const Suite& suite, const std::function<bool(const SuitePart&)>& wanted) {
  std::vector<Row> all;
  for (const auto& part : suite.parts) {
    if (!part.has_record || !wanted(part)) continue;
    for (auto& row : rows({part.experiment, part.analysis, part.advice})) {
      row.insert(row.begin(), {"folder", part.folder});
      all.push_back(std::move(row));
    }
  }
  return all;
}

std::string csv_of(const std::vector<Row>& rows) {
  std::string text;
  for (const auto& row : rows) {
    if (text.empty()) {
      for (const auto& [name, value] : row) text += (text.empty() ? "" : ",") + name;
      text += "\r\n";
    }
    std::string line;
    for (const auto& [name, value] : row) line += (name == row.front().first ? "" : ",") + csv_cell(value);
    text += line + "\r\n";
  }
  return text;
}

std::string jsonl_of(const std::vector<Row>& rows) {
  std::string text;
  for (const auto& row : rows) {
    Json object = Json::object();
    for (const auto& [name, value] : row) object[name] = value;
    text += base::to_line(object) + "\n";
  }
  return text;
}

std::string print_csv(const Input& input, const Style&) { return csv_of(rows(input)); }

std::string print_jsonl(const Input& input, const Style&) { return jsonl_of(rows(input)); }

}  // namespace inferometer::report
