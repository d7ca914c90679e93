// The artefacts of a plan, built or found in the cache.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "builder_client/builder.h"
#include "experiment/input_files.h"
#include "experiment/workspace.h"
#include "results/measurement.h"

namespace inferometer::experiment {

class ArtefactBuilder {
 public:
  ArtefactBuilder(const Workspace& workspace, const InputFiles& inputs)
      : workspace_(workspace), inputs_(inputs) {}

  /// The models themselves, without their other variants. Fills in what is known of them then. Throws
  /// base::UserError when one cannot be read.
  void build_originals(results::Plan& plan);
  /// The other variants. Candidates of one that cannot be built are skipped, with the reason. Throws
  /// base::UserError when nothing is left to run.
  void build_variants(results::Plan& plan);

  const Infos& infos() const { return infos_; }
  /// What was done, for the record.
  const std::vector<results::Preparation>& preparations() const { return preparations_; }

 private:
  using Built = builder_client::Builder::Built;
  /// A variant that others are built from. It is tried once: where it cannot be built, all of them fail with
  /// its reason at once.
  struct Base {
    Built built;
    std::string problem;   ///< empty: `built` is filled in
    bool counted = false;  ///< its time and memory are in a preparation of the record
  };

  void build(results::Artefact& artefact);
  Built build_files(const results::Artefact& artefact);
  Base& base_of(const results::Artefact& artefact, const results::Variant& variant);

  const Workspace& workspace_;
  const InputFiles& inputs_;
  Infos infos_;
  std::vector<results::Preparation> preparations_;
  std::map<std::string, Base> bases_;  ///< by model, variant and shape
};

/// What the builds of a plan are expected to need: memory at most and time in all, roughly; 0: nothing needs
/// a toolchain. Nobody looks whether the cache has it.
struct BuildCost {
  std::int64_t bytes = 0;
  double seconds = 0;
};
BuildCost build_cost(const results::Plan& plan, const Subjects& subjects);

}  // namespace inferometer::experiment
