// Everything that must lie ready before a plan can run: models made, inputs written, engines found.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "builder_client/builder.h"
#include "builder_client/make_inputs.h"
#include "engines/engines.h"
#include "inputs/request.h"
#include "measure/experiment_run.h"
#include "measure/session_launcher.h"
#include "models/models.h"
#include "packages/installed.h"
#include "plan/plan.h"

namespace inferometer::experiment {

/// Where input values come from, as the flags say.
struct InputSources {
  std::map<std::string, std::string> files;  ///< NAME -> FILE; "" -> a file that names its tensors
  std::string texts;
  std::string images;
  std::string image_scaling;
};

using Tell = std::function<void(const std::string&)>;

class Workbench {
 public:
  /// `synthetic_weights`: models are published names, and their weights are random.
  explicit Workbench(bool synthetic_weights = false);

  const std::vector<results::Capabilities>& engines() const { return discovery_.engines; }
  const std::vector<std::string>& problems() const { return discovery_.problems; }

  /// Only reads: what a plan is made of, and what refuses a model that cannot work before anything is made.
  plan::Model inspect(const std::string& name);
  /// The same; what lies on the hub is downloaded first.
  plan::Model obtain(const std::string& name, const Tell& tell);

  /// Every dimension of every input can be bound. Throws base::UserError as inputs::resolve_shapes.
  void check_shapes(const results::Plan& plan) const;
  /// Makes the artefacts of the plan or finds them in the cache, and fills in what is known of them then;
  /// progress sentences go to `tell`. Candidates whose variant cannot be made are skipped, with the reason.
  /// Throws base::UserError when the model itself cannot be read or nothing is left to run.
  void prepare(results::Plan& plan, const InputSources& sources, const Tell& tell);
  /// What the toolchain's steps for an inspected plan are expected to need: memory at most, and time in
  /// all, roughly; 0: nothing is made by a toolchain. Nobody looks whether the cache has it.
  struct Making {
    std::int64_t bytes = 0;
    double seconds = 0;
  };
  Making making(const results::Plan& plan) const;
  /// What `prepare` did, for the record.
  const std::vector<results::Preparation>& preparations() const { return preparations_; }

  /// Writes the inputs of every group and joins it with engines and artefacts. `plan` gets its input remarks.
  void lay_out(results::Plan& plan, const InputSources& sources);
  std::unique_ptr<measure::Launcher> launcher() const;
  const measure::ExperimentRequest& request() const { return request_; }

 private:
  plan::Model look_at(const std::string& name, const models::Reference& reference);
  results::ModelSummary prepare_artefact(results::Artefact& artefact, const InputSources& sources,
                                         const Tell& tell);
  builder_client::Builder::Built make(const results::Artefact& artefact, const InputSources& sources,
                                      const Tell& tell);
  /// What the toolchain makes other variants of. It is tried once: where it cannot be made, all of them fail
  /// with its reason at once.
  struct SavedModel {
    builder_client::Builder::Built prepared;
    std::string problem;   ///< empty: `prepared` is filled in
    bool counted = false;  ///< its time and memory stand in a preparation of the record
  };
  SavedModel& saved_model_of(const results::Artefact& artefact, const Tell& tell);
  void try_inputs(results::Plan& plan, const results::Artefact& own, const InputSources& sources);
  std::vector<std::filesystem::path> samples_for(const results::Artefact& artefact,
                                                 const results::ModelSummary& saved_model,
                                                 const InputSources& sources);
  /// Into a folder `name`; the values come from `sources` but for its files.
  builder_client::InputSets write_inputs(inputs::Request request, const models::Reference& reference,
                                         const InputSources& sources, const std::string& name) const;
  inputs::Request input_request(const results::Plan& plan, const results::Group& group,
                                const results::Artefact& artefact) const;
  const builder_client::InputSets& inputs_of(const results::Plan& plan, results::Group& group,
                                             const results::Artefact& artefact, const InputSources& sources);
  void lay_out_group(results::Plan& plan, results::Group& group, const InputSources& sources);
  void add_reference(const results::Plan& plan, results::Group& group,
                     const results::CandidateSpec& candidate, const InputSources& sources);
  void add_null_engine();
  const results::Capabilities& engine(const std::string& name) const;

  bool synthetic_weights_;
  packages::Installed store_;
  engines::Discovery discovery_;
  builder_client::Builder builder_;
  base::ScratchFolder scratch_;
  std::vector<results::Preparation> preparations_;
  std::map<std::string, SavedModel> saved_models_;  ///< by model and shape
  std::map<std::string, plan::Model> models_;       ///< that were inspected, by name
  std::map<std::string, models::Reference> references_;
  std::map<std::string, results::ModelSummary> summaries_;  ///< of prepared artefacts, by key
  std::map<std::pair<std::string, std::string>, builder_client::InputSets> made_;  ///< by group and artefact
  std::map<std::string, measure::LaunchFacts> facts_;
  measure::ExperimentRequest request_;
};

}  // namespace inferometer::experiment
