#include "report/guides/bert/bert_fixture.h"

#include <string>

#include "report/report_fixture.h"

namespace inferometer::report {

results::Experiment bert_experiment() {
  auto experiment = test_experiment();
  auto& plan = experiment.plan;
  plan.command = "inferometer compare bert-base-uncased --set bert";
  plan.set = "bert";
  plan.groups.resize(1);
  plan.groups[0].workload.model = "bert-base-uncased";
  const struct {
    const char* label;
    const char* engine;
    std::int64_t size_bytes;
  } configurations[] = {{"tensorflow_baseline", "tensorflow", 438'000'000},
                        {"tflite_dynamic_range", "litert", 111'000'000},
                        {"tflite_float16", "litert", 219'000'000},
                        {"onnx_default", "onnxruntime", 437'000'000},
                        {"tflite_int8", "litert", 112'000'000},
                        {"onnx_optimized", "onnxruntime", 437'000'000}};
  const auto like = plan.artefacts.at(0);
  plan.artefacts.clear();
  for (auto& spec : plan.groups[0].candidates) {
    const auto& configuration = configurations[plan.artefacts.size()];
    spec.label = configuration.label;
    spec.configuration.engine = configuration.engine;
    spec.artefact = "of " + spec.id;
    plan.artefacts.push_back(like);
    plan.artefacts.back().key = spec.artefact;
    plan.artefacts.back().model = plan.groups[0].workload.model;
    plan.artefacts.back().size_bytes = configuration.size_bytes;
  }
  for (auto& check : experiment.truth_checks) {
    if (check.candidate != "c5") continue;
    check = experiment.truth_checks.at(0);
    check.candidate = "c5";
  }
  experiment.outcomes.push_back({"c5", {}});
  experiment.load_sets.resize(2);
  experiment.stops.resize(1);
  experiment.preparations.clear();
  return experiment;
}

analysis::Analysis bert_analysis() {
  auto analysis = test_analysis();
  analysis.groups.resize(1);
  analysis.batches.clear();
  auto& group = analysis.groups[0];
  group.comparisons.at(4).ranked = true;
  group.comparisons.at(4).reasons.clear();
  group.trust.reasons = {{results::ReasonCode::WaitedForCpu, "tflite_dynamic_range", 0.031, 0.01}};
  return analysis;
}

}  // namespace inferometer::report
