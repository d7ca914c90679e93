#include "results/json.h"

#include <cmath>

namespace inferometer::results {
namespace {

using base::Json;

template <typename T>
void read(const Json& json, const char* key, T& value) {
  if (const auto found = json.find(key); found != json.end() && !found->is_null()) found->get_to(value);
}

}  // namespace

// The list of fields is written once per type, for both directions.
#define INFEROMETER_WRITE(field) json[#field] = value.field;
#define INFEROMETER_READ(field) read(json, #field, value.field);
#define INFEROMETER_FIELDS(Type, FIELDS)        \
  void to_json(Json& json, const Type& value) { \
    json = Json::object();                      \
    FIELDS(INFEROMETER_WRITE)                   \
  }                                             \
  void from_json(const Json& json, Type& value) { FIELDS(INFEROMETER_READ) }

// The formatter moves these lists back and forth for ever.
// clang-format off
#define FIELDS_OF_DEVICE(F) \
  F(id) F(kind) F(name) F(memory_bytes) F(driver)
INFEROMETER_FIELDS(Device, FIELDS_OF_DEVICE)

#define FIELDS_OF_SCENARIO(F) \
  F(kind) F(prompt_length) F(new_tokens)
INFEROMETER_FIELDS(Scenario, FIELDS_OF_SCENARIO)

#define FIELDS_OF_CONFIGURATION(F) \
  F(variant) F(engine) F(engine_version) F(device) F(precision) F(threads) F(options)
INFEROMETER_FIELDS(Configuration, FIELDS_OF_CONFIGURATION)

#define FIELDS_OF_WORKLOAD(F) \
  F(model) F(batch_size) F(sequence_length) F(dims) F(values) F(scenario)
INFEROMETER_FIELDS(Workload, FIELDS_OF_WORKLOAD)

#define FIELDS_OF_CANDIDATE_SPEC(F) \
  F(id) F(label) F(artefact) F(configuration)
INFEROMETER_FIELDS(CandidateSpec, FIELDS_OF_CANDIDATE_SPEC)

#define FIELDS_OF_ARTEFACT_PART(F) \
  F(name) F(file) F(sha256) F(size_bytes)
INFEROMETER_FIELDS(ArtefactPart, FIELDS_OF_ARTEFACT_PART)

#define FIELDS_OF_ARTEFACT(F) \
  F(key) F(model) F(variant) F(format) F(parts) F(sha256) F(size_bytes) F(recipe) F(synthetic_weights) \
  F(parameters) F(batch_size) F(sequence_length) F(parent)
// Records up to version 0.1 know one file instead of parts.
void to_json(Json& json, const Artefact& value) {
  json = Json::object();
  FIELDS_OF_ARTEFACT(INFEROMETER_WRITE)
}
void from_json(const Json& json, Artefact& value) {
  FIELDS_OF_ARTEFACT(INFEROMETER_READ)
  if (const auto file = json.find("file"); file != json.end())
    value.parts = {{"model", file->get<std::string>(), value.sha256, value.size_bytes}};
}

#define FIELDS_OF_SKIPPED_CELL(F) \
  F(label) F(reason) F(remedy)
INFEROMETER_FIELDS(SkippedCell, FIELDS_OF_SKIPPED_CELL)

#define FIELDS_OF_GROUP(F) \
  F(id) F(workload) F(candidates) F(baseline) F(wave)
INFEROMETER_FIELDS(Group, FIELDS_OF_GROUP)

#define FIELDS_OF_EFFORT(F) \
  F(mode) F(warm_up_runs) F(timed_runs) F(repeats) F(margin) F(level) F(budget_ns) F(exact_counts)
INFEROMETER_FIELDS(Effort, FIELDS_OF_EFFORT)

#define FIELDS_OF_INPUT_SOURCES(F) \
  F(files) F(texts) F(images) F(image_scaling)
INFEROMETER_FIELDS(InputSources, FIELDS_OF_INPUT_SOURCES)

#define FIELDS_OF_REPORT_FILES(F) \
  F(format) F(exports) F(folder)
INFEROMETER_FIELDS(ReportFiles, FIELDS_OF_REPORT_FILES)

#define FIELDS_OF_PLAN(F) \
  F(command) F(arguments) F(folder) F(inputs) F(reports) F(suite) F(suite_folder) F(set) F(rank_unverified) \
  F(seed) F(effort) F(artefacts) F(groups) F(skipped) F(threads_reason)
INFEROMETER_FIELDS(Plan, FIELDS_OF_PLAN)

#define FIELDS_OF_OUTCOME(F) \
  F(kind) F(phase) F(reason) F(log_tail) F(repeat)
INFEROMETER_FIELDS(Outcome, FIELDS_OF_OUTCOME)

#define FIELDS_OF_BLOCK(F) \
  F(round) F(position) F(begin_ns) F(durations_ns) F(runs_per_sample) F(token_times_ns) F(discarded_runs) F(discarded_ns) \
  F(first_run_ns) F(wall_ns) F(cpu_ns) F(run_delay_ns) F(minor_faults) F(major_faults) \
  F(voluntary_switches) F(involuntary_switches) F(recompilations) F(hand_over_ns) F(cpu) F(disturbed)
INFEROMETER_FIELDS(Block, FIELDS_OF_BLOCK)

#define FIELDS_OF_EFFECTIVE(F) \
  F(device) F(precision) F(threads) F(options) F(placement)
INFEROMETER_FIELDS(Effective, FIELDS_OF_EFFECTIVE)

#define FIELDS_OF_LOAD(F) \
  F(candidate) F(role) F(order) F(cpus) F(engine_version) F(library_sha256) F(effective) F(start_ns) \
  F(load_ns) F(compile_ns) F(first_run_ns) F(warm_up_ns) F(warm_up_runs) F(steady) F(peak_rss_bytes) \
  F(own_delay_share) F(outcome) F(blocks)
INFEROMETER_FIELDS(Load, FIELDS_OF_LOAD)

#define FIELDS_OF_LOAD_SET(F) \
  F(group) F(index) F(measuring_ns) F(others_cpus) F(steal) F(interrupted) F(loads)
INFEROMETER_FIELDS(LoadSet, FIELDS_OF_LOAD_SET)

#define FIELDS_OF_TRUTH_CHECK(F) \
  F(candidate) F(reference) F(passed) F(verified) F(reason) F(max_abs_error) F(max_rel_error) F(cosine) \
  F(tolerance) F(disagreement) F(classified_items)
INFEROMETER_FIELDS(TruthCheck, FIELDS_OF_TRUTH_CHECK)

#define FIELDS_OF_HARNESS_COST(F) \
  F(group) F(in_region_ns) F(per_iteration_ns) F(hand_over_ns) F(runs)
INFEROMETER_FIELDS(HarnessCost, FIELDS_OF_HARNESS_COST)

#define FIELDS_OF_GROUP_STOP(F) \
  F(group) F(reason) F(measurable) F(measuring_ns) F(verdicts)
INFEROMETER_FIELDS(GroupStop, FIELDS_OF_GROUP_STOP)

#define FIELDS_OF_CANDIDATE_OUTCOME(F) \
  F(candidate) F(outcome)
INFEROMETER_FIELDS(CandidateOutcome, FIELDS_OF_CANDIDATE_OUTCOME)

#define FIELDS_OF_PREPARATION(F) \
  F(artefact) F(recipe) F(cached) F(duration_ns) F(peak_rss_bytes)
INFEROMETER_FIELDS(Preparation, FIELDS_OF_PREPARATION)

#define FIELDS_OF_ENVIRONMENT(F) \
  F(cpu_model) F(cpus) F(threads_per_core) F(cpu_flags) F(microcode) F(governor) F(turbo) \
  F(transparent_hugepages) F(memory_bytes) F(memory_limit_bytes) F(cpu_limit) F(kernel) F(hypervisor) \
  F(libc) F(clock_source) F(autogroup) F(devices) F(program_version) F(compiler) F(variables)
INFEROMETER_FIELDS(Environment, FIELDS_OF_ENVIRONMENT)

#define FIELDS_OF_DIMENSION(F) \
  F(size) F(name) F(role)
INFEROMETER_FIELDS(Dimension, FIELDS_OF_DIMENSION)

#define FIELDS_OF_MODEL_INPUT(F) \
  F(name) F(meaning) F(dtype) F(shape) F(index_bound) F(quantized) F(scale) F(zero_point) F(picture_scaling)
INFEROMETER_FIELDS(ModelInput, FIELDS_OF_MODEL_INPUT)

#define FIELDS_OF_MODEL_OUTPUT(F) \
  F(name) F(meaning) F(dtype)
INFEROMETER_FIELDS(ModelOutput, FIELDS_OF_MODEL_OUTPUT)

#define FIELDS_OF_MODEL_PART(F) \
  F(name) F(inputs) F(outputs)
INFEROMETER_FIELDS(ModelPart, FIELDS_OF_MODEL_PART)

#define FIELDS_OF_MODEL_INFO(F) \
  F(family) F(task) F(variant) F(parts) F(max_sequence_length) F(parameters) F(size_bytes) F(sha256) \
  F(synthetic_weights) F(remarks) F(has_parent)
INFEROMETER_FIELDS(ModelInfo, FIELDS_OF_MODEL_INFO)

#define FIELDS_OF_AVAILABLE_VARIANT(F) \
  F(variant) F(fixed_shapes) F(wants_samples) F(toolchain) F(built_from) F(peak_bytes) F(expected_seconds) \
  F(can_be_built)
INFEROMETER_FIELDS(AvailableVariant, FIELDS_OF_AVAILABLE_VARIANT)

// clang-format on

// A variant is one text, in records as in print.
void to_json(Json& json, const Variant& variant) { json = to_text(variant); }
void from_json(const Json& json, Variant& variant) { variant = parse_variant(json.get<std::string>()); }

void to_json(Json& json, const Reason& reason) {
  json = Json{{"code", reason.code}};
  if (!reason.subject.empty()) json["subject"] = reason.subject;
  if (!std::isnan(reason.value)) json["value"] = reason.value;
  if (!std::isnan(reason.limit)) json["limit"] = reason.limit;
}

void from_json(const Json& json, Reason& reason) {
  reason = {};
  // Records up to version 0.1 hold a sentence.
  if (json.is_string()) {
    reason.subject = json.get<std::string>();
    return;
  }
  read(json, "code", reason.code);
  read(json, "subject", reason.subject);
  read(json, "value", reason.value);
  read(json, "limit", reason.limit);
}

}  // namespace inferometer::results
