// Everything that must lie ready before a plan can run: models made, inputs written, engines found.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "engines/engines.h"
#include "inputs/inputs.h"
#include "measure/experiment_run.h"
#include "measure/session_launcher.h"
#include "models/models.h"
#include "packages/packages.h"
#include "suite/suite.h"

namespace inferometer::cli {

/// Where input values come from, as the flags say.
struct InputSources {
  std::map<std::string, std::string> files;  ///< NAME -> FILE; "" -> a file that names its tensors
  std::string texts;
  std::string images;
};

class Workbench {
 public:
  /// `synthetic_weights`: models are published names, and their weights are random.
  explicit Workbench(bool synthetic_weights = false);

  const std::vector<results::Capabilities>& engines() const { return discovery_.engines; }
  const std::vector<std::string>& problems() const { return discovery_.problems; }

  /// Only reads: for --dry-run, and to refuse what cannot work before anything is made.
  suite::Model inspect(const std::string& name) const;
  /// Makes the artefact or finds it in the cache; progress sentences go to `tell`.
  suite::Model prepare(const std::string& name, const std::function<void(const std::string&)>& tell);
  /// What `prepare` did, for the record.
  const std::vector<results::Preparation>& preparations() const { return preparations_; }

  /// Every dimension of every input can be bound. Throws base::UserError as inputs::resolve_shapes.
  static void check_shapes(const results::Plan& plan, const std::vector<suite::Model>& models);
  /// Writes the inputs of every group and joins it with engines and artefacts. `plan` gets its input remarks.
  void lay_out(results::Plan& plan, const std::vector<suite::Model>& models, const InputSources& sources);
  std::unique_ptr<measure::Launcher> launcher() const;
  const measure::ExperimentRequest& request() const { return request_; }

 private:
  void lay_out_group(results::Plan& plan, results::Group& group, const std::vector<suite::Model>& models,
                     const InputSources& sources);
  void add_reference(const results::Group& group, const results::CandidateSpec& candidate,
                     const suite::Model& model);
  void add_null_engine();
  const results::Capabilities& engine(const std::string& name) const;

  bool synthetic_weights_;
  packages::Store store_;
  engines::Discovery discovery_;
  models::Preparer preparer_;
  base::ScratchFolder scratch_;
  std::vector<results::Preparation> preparations_;
  std::map<std::string, std::string> tokenizers_;  ///< model name -> tokenizer.json
  std::map<std::string, measure::LaunchFacts> facts_;
  measure::ExperimentRequest request_;
};

}  // namespace inferometer::cli
