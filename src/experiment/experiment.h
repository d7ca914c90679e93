// The one way from a request to a measured experiment: compare, suite and selftest call it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "experiment/artefacts.h"
#include "experiment/recorded_run.h"
#include "experiment/request.h"
#include "experiment/workspace.h"
#include "plan/waves.h"

namespace inferometer::experiment {

/// Plan, build, inputs, waves, launches, measuring. Throws base::UserError when nothing can run.
Ended run(const Request& request, const Subjects& subjects, const Host& host);

/// A record whose experiment cannot go on: the machine, its software or an artefact is another one now.
class CannotResume : public base::UserError {
 public:
  using base::UserError::UserError;
};

struct ResumeRequest {
  std::filesystem::path record;  ///< unfinished
  /// Instead of those of the record: one of version 0.1 that is part of a suite does not name them.
  std::optional<results::InputSources> inputs = {};
};
/// Goes on with an experiment. Relative paths of its models start at the working folder. Throws CannotResume,
/// with the record left as it was.
Ended resume(const ResumeRequest& request, const Host& host);

/// What `run` would do; nothing is downloaded or built.
struct Preview {
  results::Plan plan;  ///< in waves, as far as sizes are known before anything is built
  BuildCost build;
};
Preview preview(const Request& request, const Subjects& subjects, const Installation& installation);

/// What the candidates of one group may hold together on this machine now.
plan::Memory usable_memory(const Installation& installation);

/// Why the experiment cannot go on after the artefacts were built again; empty: it can.
std::string why_not_resumed(const results::Plan& recorded, const results::Plan& now);

}  // namespace inferometer::experiment
