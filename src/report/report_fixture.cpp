#include "report/report_fixture.h"

#include <cmath>
#include <limits>
#include <string>

namespace inferometer::report {
namespace {

using analysis::kNone;
using results::Reason;
using results::ReasonCode;
using results::VerdictKind;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

results::CandidateSpec spec(const std::string& id, const std::string& label, const std::string& artefact) {
  results::CandidateSpec spec;
  spec.id = id;
  spec.label = label;
  spec.artefact = artefact;
  spec.configuration.variant = "onnx/float32";
  spec.configuration.engine = label.substr(0, label.find(' '));
  spec.configuration.engine_version = "1.2.3";
  return spec;
}

results::Artefact artefact(const std::string& key, const std::string& model, bool synthetic) {
  results::Artefact artefact;
  artefact.key = key;
  artefact.model = model;
  artefact.variant = "onnx/float32";
  artefact.format = "onnx";
  artefact.sha256 = std::string(64, 'a');
  artefact.size_bytes = 90'900'000;
  artefact.parts = {{"model", "/models/" + model + ".onnx", artefact.sha256, artefact.size_bytes}};
  artefact.recipe = "bert-onnx 1";
  artefact.synthetic_weights = synthetic;
  artefact.parameters = 22'713'216;
  return artefact;
}

results::Plan test_plan() {
  results::Plan plan;
  plan.command = "inferometer compare minilm tiny --engines onnxruntime,openvino,litert";
  plan.seed = 7;
  plan.threads_reason = "2 of 2 CPUs are free";
  plan.artefacts = {artefact("a0", "minilm", false), artefact("a1", "tiny", true)};
  plan.groups.resize(3);
  auto& big = plan.groups[0];
  big.id = "g0";
  big.workload = {"minilm", 1, 128, {}, "known names, seed 7"};
  big.candidates = {spec("c0", "onnxruntime", "a0"),       spec("c1", "openvino", "a0"),
                    spec("c2", "openvino bfloat16", "a0"), spec("c3", "litert", "a0"),
                    spec("c4", "onnxruntime int8", "a0"),  spec("c5", "onnxruntime user file", "a0")};
  big.baseline = "c0";
  plan.groups[1].id = "g1";
  plan.groups[1].workload = {"tiny", 8, 0, {{"frames", 50}}, "known names, seed 7"};
  plan.groups[1].candidates = {spec("c6", "onnxruntime", "a1"), spec("c7", "openvino", "a1")};
  plan.groups[1].baseline = "c6";
  plan.groups[2].id = "g2";
  plan.groups[2].workload = {"minilm", 32, 128, {}, "known names, seed 7"};
  plan.groups[2].candidates = {spec("c8", "onnxruntime", "a0"), spec("c9", "openvino", "a0")};
  plan.groups[2].baseline = "c8";
  plan.skipped = {{"torch", "torch is not installed", "inferometer packages install torch"},
                  {"litert float16", "litert has no float16 on this CPU", ""}};
  return plan;
}

results::Environment test_environment() {
  results::Environment environment;
  environment.cpu_model = "Example CPU @ 2.80GHz";
  environment.cpus = 2;
  environment.cpu_flags = {"avx2", "avx512_vnni"};
  environment.memory_bytes = 16'000'000'000;
  environment.kernel = "6.1.0";
  environment.hypervisor = "kvm";
  environment.libc = "glibc 2.36";
  environment.clock_source = "tsc";
  environment.program_version = "0.1.0";
  environment.compiler = "gcc 12.2";
  environment.variables = {{"OMP_NUM_THREADS", "1"}};
  return environment;
}

results::Load test_load(const std::string& candidate) {
  results::Load load;
  load.candidate = candidate;
  load.cpus = {0, 1};
  load.engine_version = "1.2.3";
  load.library_sha256 = std::string(64, 'b');
  load.effective = {"cpu", "float32", 2, {{"spinning", "1"}}, {{"CPU", 120}}};
  load.start_ns = 40'000'000;
  load.load_ns = 310'000'000;
  load.compile_ns = 5'000'000;
  load.first_run_ns = 9'000'000;
  load.warm_up_ns = 400'000'000;
  load.warm_up_runs = 64;
  load.steady = candidate != "c2";
  load.peak_rss_bytes = 210'000'000;
  load.blocks.resize(8);
  return load;
}

results::TruthCheck truth(const std::string& candidate, double error) {
  results::TruthCheck check;
  check.candidate = candidate;
  check.reference = "onnxruntime 1.2.3, no optimization, 1 thread";
  check.verified = true;
  check.tolerance = 1e-4;
  check.max_abs_error = check.max_rel_error = error;
  check.cosine = 1 - error;
  check.passed = error <= check.tolerance;
  return check;
}

void add_ends(results::Experiment& experiment) {
  for (const char* id : {"c0", "c1", "c2", "c6", "c7"}) {
    experiment.outcomes.push_back({id, {}});
    experiment.truth_checks.push_back(truth(id, 2e-6));
  }
  experiment.outcomes.push_back(
      {"c3",
       {results::OutcomeKind::Crashed, "load", "SIGSEGV", "loading model\nop ``` GATHER | not found",
        "inferometer compare minilm --candidate litert"}});
  experiment.outcomes.push_back({"c4",
                                 {results::OutcomeKind::WrongOutput,
                                  "outputs",
                                  {ReasonCode::OutputError, "logits", 0.31, 1e-4},
                                  "",
                                  ""}});
  for (auto& check : experiment.truth_checks) {
    check.disagreement = 0;
    check.classified_items = 4;
  }
  auto wrong = truth("c4", 0.31);
  wrong.disagreement = 0.25;
  wrong.classified_items = 4;
  wrong.reason = {ReasonCode::OutputError, "logits", 0.31, 1e-4};
  results::TruthCheck unverified;
  unverified.candidate = "c5";
  unverified.reason = {ReasonCode::NoReference, "the artefact has no float32 parent"};
  experiment.truth_checks.insert(experiment.truth_checks.end(), {wrong, unverified});
}

analysis::Summary summary(const std::string& candidate, double median_ns) {
  analysis::Summary summary;
  summary.candidate = candidate;
  summary.runs = summary.samples = 352;
  summary.loads = 11;
  summary.rounds = 88;
  summary.median_ns = median_ns;
  summary.mean_ns = 1.01 * median_ns;
  summary.deviation_ns = 0.03 * median_ns;
  summary.minimum_ns = 0.95 * median_ns;
  summary.maximum_ns = 1.5 * median_ns;
  summary.floor_ns = 0.96 * median_ns;
  summary.percentiles = {{0.5, median_ns, median_ns, {}},
                         {0.9, 1.05 * median_ns, 1.06 * median_ns, {}},
                         {0.95, 1.1 * median_ns, 1.11 * median_ns, {}},
                         {0.99, kNone, 1.3 * median_ns, {ReasonCode::FewSamples, "", 352, 368}}};
  summary.throughput_per_second = 1e9 / median_ns;
  summary.cpu_mean = 1.98;
  summary.cpu_ns_per_run = 1.98 * median_ns;
  summary.run_delay_share = 0.004;
  summary.faults_per_run = 0.5;
  summary.start_ns = 40e6;
  summary.load_ns = 310e6;
  summary.compile_ns = 5e6;
  summary.first_run_ns = 9e6;
  summary.warm_up_ns = 400e6;
  summary.peak_rss_bytes = 210'000'000;
  summary.harness_share = 25 / median_ns;
  return summary;
}

analysis::Ratio ratio(double value, double half_width, std::int64_t units, VerdictKind verdict) {
  return {value, value - half_width, value + half_width, units, 0.01, 0.008, verdict};
}

analysis::Comparison comparison(const std::string& candidate, const std::string& baseline,
                                const analysis::Ratio& ratio) {
  analysis::Comparison comparison;
  comparison.candidate = candidate;
  comparison.baseline = baseline;
  comparison.level = 0.0125;
  comparison.these_loads = comparison.fresh_loads = comparison.cpu_time = ratio;
  comparison.these_loads.units = 88;
  comparison.verdict = ratio.verdict;
  return comparison;
}

analysis::Comparison unranked(analysis::Comparison comparison, const results::Reasons& reasons) {
  comparison.ranked = false;
  comparison.reasons = reasons;
  return comparison;
}

analysis::Distribution distribution(const std::string& candidate, double median_ns) {
  analysis::Distribution distribution;
  distribution.candidate = candidate;
  distribution.samples = 352;
  distribution.curve = {{0, 0.95 * median_ns},
                        {0.5, median_ns},
                        {0.9, 1.06 * median_ns},
                        {0.95, 1.11 * median_ns},
                        {0.97, 1.2 * median_ns}};
  distribution.marks = {{0.5, median_ns}, {0.95, 1.11 * median_ns}};
  return distribution;
}

analysis::GroupAnalysis big_group() {
  analysis::GroupAnalysis group;
  group.group = "g0";
  group.summaries = {summary("c0", 5.21e6), summary("c1", 3.64e6), summary("c2", 5.15e6),
                     analysis::Summary{},   summary("c4", 2.5e6),  summary("c5", 5.2e6)};
  group.summaries[1].disturbed_rounds = 3;
  group.summaries[3].candidate = "c3";
  group.distributions = {distribution("c0", 5.21e6), distribution("c1", 3.64e6), distribution("c2", 5.15e6)};
  group.distributions.push_back({"c4", 12, {}, {}, {ReasonCode::FewSamples, "", 12, 20}});
  group.noise = {0.977, 1.017};
  auto undecided = comparison("c2", "c0", ratio(0.99, 0.03, 5, VerdictKind::Undecided));
  undecided.these_loads_only = true;
  undecided.these_loads = ratio(0.988, 0.015, 88, VerdictKind::Undecided);
  undecided.needs_loads = 4;
  undecided.seconds_more = 42;
  undecided.inside_noise = true;
  auto failed =
      unranked(comparison("c3", "c0", {}), {Reason(ReasonCode::Crashed, "load"), Reason("SIGSEGV")});
  failed.these_loads.units = 0;
  group.comparisons = {comparison("c1", "c0", ratio(0.7, 0.01, 11, VerdictKind::Faster)), undecided, failed,
                       unranked(comparison("c4", "c0", ratio(0.48, 0.01, 11, VerdictKind::Faster)),
                                {Reason(ReasonCode::WrongOutput, "outputs"),
                                 Reason(ReasonCode::OutputError, "logits", 0.31, 1e-4)}),
                       unranked(comparison("c5", "c0", ratio(0.998, 0.004, 11, VerdictKind::Equivalent)),
                                {Reason(ReasonCode::NoReference, "the artefact has no float32 parent")})};
  group.self.second_label = ratio(1.001, 0.004, 88, VerdictKind::Equivalent);
  group.self.second_process = ratio(0.997, 0.02, 11, VerdictKind::Undecided);
  group.self.has_second_process = true;
  group.trust = {analysis::Grade::B, {Reason(ReasonCode::WaitedForCpu, "openvino", 0.031, 0.01)}};
  group.fastest = group.leading = "c1";
  return group;
}

analysis::GroupAnalysis synthetic_group() {
  analysis::GroupAnalysis group;
  group.group = "g1";
  group.summaries = {summary("c6", 42e3), summary("c7", 41.5e3)};
  auto faster = comparison("c7", "c6", ratio(0.988, 0.004, 1, VerdictKind::Undecided));
  faster.fresh_loads.low = 0;
  faster.fresh_loads.high = kInfinity;
  faster.these_loads.verdict = faster.verdict = VerdictKind::Faster;
  faster.these_loads_only = true;
  faster.needs_loads = 6;
  faster.differs_within_margin = true;
  faster.floor_contradicts = true;
  group.comparisons = {faster};
  group.self.second_label = ratio(1.0002, 0.003, 88, VerdictKind::Equivalent);
  group.leading = "c7";
  return group;
}

analysis::GroupAnalysis invalid_group() {
  analysis::GroupAnalysis group;
  group.group = "g2";
  group.summaries = {summary("c8", 160e6), summary("c9", 120e6)};
  auto invalid = comparison("c9", "c8", ratio(0.75, 0.02, 2, VerdictKind::Invalid));
  invalid.these_loads_only = true;
  invalid.reasons = {Reason(ReasonCode::DiffersFromItself, "", 1.05, 16)};
  group.comparisons = {invalid};
  group.self.second_label = ratio(1.05, 0.03, 16, VerdictKind::Invalid);
  group.trust = {analysis::Grade::Invalid, invalid.reasons};
  group.leading = "c9";
  return group;
}

}  // namespace

results::Experiment test_experiment() {
  results::Experiment experiment;
  experiment.id = "0123456789abcdef0123456789abcdef";
  experiment.started_utc = "2026-11-23T10:00:00Z";
  experiment.title = "compare";
  experiment.plan = test_plan();
  experiment.environment = test_environment();
  experiment.preparations.resize(2);
  experiment.preparations[0] = {"a0", "bert-onnx 1", false, 2'100'000'000, 300'000'000};
  experiment.preparations[1] = {"a1", "bert-onnx 1", true, 0, 0};
  add_ends(experiment);
  for (const auto& group : experiment.plan.groups) {
    results::LoadSet set;
    set.group = group.id;
    set.measuring_ns = 4'000'000'000;
    for (const auto& candidate : group.candidates) {
      if (candidate.id != "c3") set.loads.push_back(test_load(candidate.id));
    }
    experiment.load_sets.push_back(set);
    if (group.id == "g0") {
      set.index = 1;
      experiment.load_sets.push_back(set);
    }
    experiment.harness_costs.push_back({group.id, 25, 61, 35'000, 20'000});
  }
  experiment.stops.resize(2);
  experiment.stops[0] = {"g0", ReasonCode::Budget, true, 180'000'000'000, {{"c1", VerdictKind::Faster}}};
  experiment.stops[1] = {"g1", ReasonCode::Decided, true, 12'000'000'000, {{"c7", VerdictKind::Faster}}};
  experiment.invocations = 2;
  experiment.interrupted = true;
  experiment.damage = {"line 57: sha256 differs: the line is damaged and not used"};
  return experiment;
}

analysis::Analysis test_analysis() {
  analysis::BatchSweep sweep;
  sweep.workload = {"minilm", 1, 128, {}, "known names, seed 7"};
  sweep.curves = {{"onnxruntime", {}, {{1, "c0", 5.21e6, 192, true}, {32, "c8", 160e6, 200, true}}},
                  {"openvino", {}, {{1, "c1", 3.64e6, 275, true}, {32, "c9", 120e6, 267, true}}}};
  sweep.highest = sweep.curves[1].points[0];
  sweep.highest_label = "openvino";
  return {analysis::kVersion, {big_group(), synthetic_group(), invalid_group()}, {sweep}};
}

std::string printed(const std::string& name, const results::Experiment& experiment,
                    const analysis::Analysis& analysis, const Style& style) {
  return format(name).print({experiment, analysis, select::advise(experiment, analysis)}, style);
}

results::Experiment hostile_experiment(const std::string& name) {
  auto experiment = test_experiment();
  experiment.title = name;
  auto& plan = experiment.plan;
  plan.command = plan.threads_reason = name;
  for (auto& artefact : plan.artefacts)
    artefact.model = artefact.variant = artefact.recipe = artefact.sha256 = name;
  for (auto& group : plan.groups) {
    group.workload.model = group.workload.values = name;
    group.workload.dims = {{name, 3}};
    for (auto& candidate : group.candidates) candidate.label = candidate.configuration.engine = name;
  }
  for (auto& cell : plan.skipped) cell = {name, name, name};
  for (auto& outcome : experiment.outcomes) {
    if (!outcome.outcome.ok()) outcome.outcome = {outcome.outcome.kind, name, name, name, name};
  }
  for (auto& check : experiment.truth_checks) {
    check.reference = name;
    check.reason = name;
  }
  for (auto& set : experiment.load_sets) {
    for (auto& load : set.loads) load.engine_version = load.library_sha256 = load.effective.device = name;
  }
  for (auto& stop : experiment.stops) stop.reason = name;
  experiment.environment.cpu_model = experiment.environment.kernel = name;
  experiment.environment.variables = {{name, name}};
  experiment.damage = {name};
  return experiment;
}

results::Experiment crowded_experiment(int candidates) {
  auto experiment = test_experiment();
  auto& group = experiment.plan.groups[0];
  experiment.plan.groups.resize(1);
  experiment.load_sets.resize(2);
  experiment.plan.artefacts[1] = artefact("a1", "minilm", false);
  experiment.plan.artefacts[1].size_bytes = 23'000'000;
  for (int i = 6; i < candidates; ++i) {
    const auto id = "x" + std::to_string(i);
    group.candidates.push_back(spec(id, "onnxruntime " + std::to_string(i), i % 2 == 0 ? "a0" : "a1"));
    experiment.truth_checks.push_back(truth(id, 1e-7 * i));
    experiment.outcomes.push_back({id, {}});
  }
  return experiment;
}

analysis::Analysis crowded_analysis(int candidates) {
  auto group = big_group();
  for (int i = 6; i < candidates; ++i) {
    const auto id = "x" + std::to_string(i);
    const double speed = 0.5 + 0.005 * i;
    group.summaries.push_back(summary(id, 5.21e6 * speed));
    group.distributions.push_back(distribution(id, 5.21e6 * speed));
    auto& curve = group.distributions.back().curve;
    curve.clear();
    for (int step = 0; step <= 60; ++step) {
      const double p = 1 - std::pow(10, -step / 40.0);
      curve.push_back({p, 5.21e6 * speed * (0.95 + 0.25 * p * p)});
    }
    group.comparisons.push_back(comparison(id, "c0", ratio(speed, 0.01, 11, VerdictKind::Faster)));
  }
  return {analysis::kVersion, {group}, {}};
}

}  // namespace inferometer::report
