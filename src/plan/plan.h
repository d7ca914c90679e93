// Flags and Capabilities (values) to a plan. Pure: nothing is started or read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/capabilities.h"
#include "results/configuration.h"
#include "results/model_summary.h"

namespace inferometer::plan {

/// A model as the plan needs it.
struct Model {
  std::string name;                                 ///< as the user gave it
  results::ModelSummary summary;                    ///< of its own variant
  std::vector<results::AvailableVariant> variants;  ///< its own first
};

/// `compare`'s flags. Empty lists mean the default.
struct Request {
  std::string command;
  std::vector<Model> models;
  std::vector<std::string> engines;   ///< "onnxruntime", "onnxruntime@1.31.0"
  std::vector<std::string> variants;  ///< "tflite/float16"; default: the model's own
  std::vector<std::string> precisions;
  std::vector<std::string> threads;  ///< numbers, or "all"
  std::vector<std::int64_t> batch_sizes;
  std::vector<std::int64_t> sequence_lengths;
  std::vector<std::string> candidates;  ///< explicit: "openvino,precision=bfloat16,threads=2"
  std::string set;                      ///< name of a set of candidates, instead of all that; empty: none
  std::map<std::string, std::string> options;  ///< --option ENGINE.NAME=VALUE for the cross product
  std::map<std::string, std::int64_t> dims;
  std::string baseline;  ///< label or id; empty: the first
  results::Effort effort;
  std::uint64_t seed = 0;
  int cpus = 1;       ///< in our affinity mask, or fewer where a cgroup allows less CPU time
  int free_cpus = 1;  ///< not used by others when the experiment starts
};

/// Throws base::UserError: unknown engine, precision, option or value (with the nearest), threads above the
/// machine's CPUs, batch or sequence out of range, a baseline that is no candidate, over 1,000 candidates.
results::Plan make_plan(const Request& request, const std::vector<results::Capabilities>& engines);

/// Rough cost before anything runs: measuring seconds at least and at most.
struct Cost {
  double least_seconds = 0;
  double most_seconds = 0;
  int candidates = 0;
  int groups = 0;
};
Cost estimate(const results::Plan& plan);

/// The plan for people: the cross product, what is skipped and why, cost.
std::string print(const results::Plan& plan);

}  // namespace inferometer::plan
