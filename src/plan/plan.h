// A request and capabilities (values) to a plan. Pure: nothing is started or read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results/capabilities.h"
#include "results/configuration.h"
#include "results/model_info.h"

namespace inferometer::plan {

/// A model as the plan needs it.
struct Model {
  std::string name;                                 ///< as the user gave it
  results::ModelInfo info;                          ///< of its own variant
  std::vector<results::AvailableVariant> variants;  ///< its own first
  bool generates = false;                           ///< its task is to write a text token by token
};

/// What is to be compared. Empty lists mean the default. Errors name these fields.
struct Request {
  std::string command;
  std::vector<Model> models;
  std::vector<std::string> engines;     ///< "onnxruntime", "onnxruntime@1.31.0"
  std::vector<std::string> devices;     ///< "cpu", "cuda:0"; default: each engine's first
  std::vector<std::string> variants;    ///< "tflite/float16"; default: the model's own
  std::vector<std::string> precisions;  ///< default: float32
  std::vector<std::string> threads;     ///< numbers, or "all"
  std::vector<std::int64_t> batch_sizes;
  std::vector<std::int64_t> sequence_lengths;
  std::vector<std::int64_t> prompt_lengths;    ///< tokens; of models that generate
  std::optional<std::int64_t> new_tokens;      ///< the same; default: 32
  std::vector<std::string> candidates;         ///< explicit: "openvino,precision=bfloat16,threads=2"
  std::string set;                             ///< name of a set of candidates, instead of all that
  std::map<std::string, std::string> options;  ///< "ENGINE.NAME" -> value, for the cross product
  std::map<std::string, std::int64_t> dims;
  std::string baseline;  ///< label, id or engine; empty: the first
  results::Effort effort;
  std::uint64_t seed = 0;
  int cpus = 0;       ///< in our affinity mask, or fewer where a cgroup allows less CPU time
  int free_cpus = 0;  ///< not used by others when the experiment starts
};

/// Throws base::FieldError: unknown engine, device, precision, option or value (with the nearest), threads
/// above the machine's CPUs, lengths that no model here has, a baseline that is no candidate, over 1,000
/// candidates; base::UserError when nothing can run. Whether sizes fit the inputs is for
/// inputs::resolve_shapes to say.
results::Plan make_plan(const Request& request, const std::vector<results::Capabilities>& engines);

/// Rough cost before anything runs: measuring seconds at least and at most.
struct Cost {
  double least_seconds = 0;
  double most_seconds = 0;
  int candidates = 0;
  int groups = 0;
};
Cost estimate(const results::Plan& plan);

/// The plan for people: groups with their candidates, what is skipped and why, cost.
std::string print(const results::Plan& plan);

}  // namespace inferometer::plan
