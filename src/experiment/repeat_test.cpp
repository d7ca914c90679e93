#include "experiment/repeat.h"

#include <gtest/gtest.h>

namespace inferometer::experiment {
namespace {

results::Plan plan() {
  results::Plan plan;
  plan.seed = 7;
  plan.artefacts.resize(1);
  plan.artefacts[0].key = "a0";
  plan.artefacts[0].model = "./my model.onnx";
  auto& group = plan.groups.emplace_back();
  auto& candidate = group.candidates.emplace_back();
  candidate.artefact = "a0";
  candidate.configuration.engine = "onnxruntime";
  candidate.configuration.engine_version = "1.32.0";
  candidate.configuration.threads = 2;
  return plan;
}

std::string command(const results::Plan& plan) {
  return repeat_command(plan, plan.groups[0], plan.groups[0].candidates[0]);
}

TEST(repeat_command, measures_one_candidate_on_the_same_inputs) {
  auto one = plan();
  EXPECT_EQ(
      command(one),
      "inferometer compare './my model.onnx' --candidate onnxruntime@1.32.0,precision=float32,threads=2 "
      "--seed 7 --mode quick");
  one.inputs.files = {{"x", "/data/x.npy"}};
  one.groups[0].workload.batch_size = 4;
  one.groups[0].workload.sequence_length = 64;
  one.groups[0].workload.dims = {{"h", 3}};
  one.artefacts[0].synthetic_weights = true;
  one.rank_unverified = true;
  EXPECT_EQ(
      command(one),
      "inferometer compare './my model.onnx' --candidate onnxruntime@1.32.0,precision=float32,threads=2 "
      "--input x=/data/x.npy --batch-sizes 4 --sequence-lengths 64 --dim h=3 --synthetic-weights "
      "--rank-unverified --seed 7 --mode quick");
}

TEST(repeat_command, names_the_device_and_what_is_generated) {
  auto one = plan();
  one.artefacts[0].model = "m";
  one.groups[0].candidates[0].configuration.device = "cuda:0";
  one.groups[0].workload.scenario = {results::ScenarioKind::Generate, 16, 8};
  EXPECT_EQ(command(one),
            "inferometer compare m --candidate onnxruntime@1.32.0,precision=float32,threads=2,device=cuda:0 "
            "--prompt-lengths 16 --new-tokens 8 --seed 7 --mode quick");
}

}  // namespace
}  // namespace inferometer::experiment
