// What is compared: candidates, their groups and the plan of an experiment.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/invocation.h"

namespace inferometer::results {

/// Variant + engine + device + threads + engine options, as asked for. What the engine really did is in
/// Load::effective.
struct Configuration {
  std::string variant;         ///< "onnx/float32"
  std::string engine;          ///< "onnxruntime"
  std::string engine_version;  ///< "1.32.0"; empty for engines without a package
  std::string device = "cpu";
  std::string precision = "float32";  ///< of the computation: float32, bfloat16, float16
  int threads = 1;
  std::map<std::string, std::string> options;  ///< engine options, only those that differ from the default
  bool operator==(const Configuration&) const = default;
};

/// What one run is: one pass through the model's only graph, or the generation of a text.
enum class ScenarioKind { Forward, Generate };
struct Scenario {
  ScenarioKind kind = ScenarioKind::Forward;
  std::int64_t prompt_length = 0;  ///< tokens; of Generate
  std::int64_t new_tokens = 0;     ///< generated greedily, always so many; of Generate
  bool operator==(const Scenario&) const = default;
};

/// Model inputs. Equal workloads can be compared.
struct Workload {
  std::string model;  ///< the name the user gave, shown in reports
  std::int64_t batch_size = 1;
  std::int64_t sequence_length = 0;          ///< tokens; 0 where the model has no such dimension
  std::map<std::string, std::int64_t> dims;  ///< other named dimensions that were bound by the user
  std::string values;                        ///< where the input values come from: "known names, seed 7"
  Scenario scenario;
  bool operator==(const Workload&) const = default;
};

/// One configuration on one workload.
struct CandidateSpec {
  std::string id;        ///< "c0", unique within the experiment
  std::string label;     ///< shortest text that tells it from the others of its group: "openvino bfloat16"
  std::string artefact;  ///< key of Plan::artefacts
  Configuration configuration;
};

/// One graph of an artefact, in a file or folder of its own.
struct ArtefactPart {
  std::string name;             ///< "model" where there is one only, else "encoder", "prefill", "decode", ...
  std::string file;             ///< absolute path on the machine that measured; a folder for a SavedModel
  std::string sha256;           ///< of the file and its external data
  std::int64_t size_bytes = 0;  ///< with external data
};

/// What a variant consists of on disk.
struct Artefact {
  std::string key;      ///< "a0"
  std::string model;    ///< name the user gave
  std::string variant;  ///< "onnx/float32"
  std::string format;   ///< "onnx", "null"
  std::vector<ArtefactPart> parts;
  std::string sha256;           ///< of all parts; that of the part where there is one
  std::int64_t size_bytes = 0;  ///< of all parts
  std::string recipe;           ///< "bert-onnx 1" or "user file"
  bool synthetic_weights = false;
  std::int64_t parameters = 0;       ///< count of weights, 0 if unknown
  std::int64_t batch_size = 0;       ///< that its shapes are fixed to; 0: it takes any
  std::int64_t sequence_length = 0;  ///< the same
  std::string parent;                ///< key of the float32 artefact that its outputs are held against;
                                     ///< empty: it is that itself
};

/// A candidate or cell of the cross product that will not run, known before anything runs.
struct SkippedCell {
  std::string label;
  std::string reason;  ///< "openvino is not installed"
  std::string remedy;  ///< "inferometer packages install openvino"; may be empty
};

/// Candidates that share a workload, with their own baseline.
struct Group {
  std::string id;  ///< "g0"
  Workload workload;
  std::vector<CandidateSpec> candidates;
  std::string baseline;  ///< id of a candidate
  /// "2 of 3": the candidates of this workload do not fit into memory at once, so each wave of them is a
  /// group with a baseline of its own, all of the same configuration. Empty: they fit.
  std::string wave;
  bool operator==(const Group&) const = default;
};

inline bool operator==(const CandidateSpec& a, const CandidateSpec& b) {
  return a.id == b.id && a.label == b.label && a.artefact == b.artefact && a.configuration == b.configuration;
}

enum class Mode { Quick, Standard, Full };

/// The counts and limits of a run. See DESIGN 5.4.
struct Effort {
  Mode mode = Mode::Standard;
  std::int64_t warm_up_runs = 30;            ///< at least, for every load
  std::int64_t timed_runs = 100;             ///< at least, for every guaranteed repeat
  int repeats = 3;                           ///< guaranteed fresh loads of every candidate
  double margin = 0.02;                      ///< practical equivalence, as a fraction
  double level = 0.05;                       ///< family error of a group
  std::int64_t budget_ns = 180'000'000'000;  ///< of measuring, per group
  bool exact_counts = false;                 ///< stop at the counts
};

struct Plan {
  std::string command;                 ///< as the user typed it
  std::vector<std::string> arguments;  ///< the same, word by word; only in records up to version 0.1
  std::string folder;                  ///< working folder of the command: relative paths of models start here
  InputSources inputs;
  ReportFiles reports;
  std::string set;               ///< named set of configurations that was asked for: "bert"; empty: none
  std::string suite;             ///< id of the suite that it is a part of; empty: of none
  std::string suite_folder;      ///< absolute path of the results of that suite
  bool rank_unverified = false;  ///< rank candidates that have no reference to be held against
  std::uint64_t seed = 0;
  Effort effort;
  std::vector<Artefact> artefacts;
  std::vector<Group> groups;
  std::vector<SkippedCell> skipped;
  std::string threads_reason;  ///< why this default count: "2 of 2 CPUs are free"
};

}  // namespace inferometer::results
