// How each candidate, each reference and the null engine is started, with which inputs.
#pragma once

#include <map>
#include <string>

#include "experiment/input_files.h"
#include "experiment/workspace.h"
#include "measure/experiment_run.h"
#include "measure/session_launcher.h"

namespace inferometer::experiment {

struct Launches {
  std::map<std::string, measure::LaunchFacts> facts;  ///< by launch id
  measure::ExperimentRequest request;                 ///< which of them are references, and for whom
  std::map<std::string, std::string> scores;  ///< by candidate: the output that holds scores of classes
};

/// Writes the inputs that are not written yet; the workloads of `plan` then say where their values come from.
Launches make_launches(results::Plan& plan, const Infos& infos, InputFiles& inputs,
                       const Workspace& workspace);

}  // namespace inferometer::experiment
