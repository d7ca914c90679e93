// What a measuring command asks for: the same for compare, suite and selftest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/subjects.h"
#include "plan/plan.h"
#include "plan/waves.h"
#include "results/configuration.h"

namespace inferometer::experiment {

struct Request {
  std::string title;  ///< of the record: "compare", "selftest", "suite PART"
  std::vector<std::string> models;
  bool synthetic_weights = false;  ///< models are published names, and their weights are random
  /// Without models; CPUs of 0 are counted when the plan is made.
  plan::Request plan;
  results::InputSources inputs;
  results::ReportFiles reports;
  bool rank_unverified = false;
  std::optional<plan::Memory> memory;  ///< that a group may use; default: what is free when it is asked
  std::string suite;                   ///< id of the suite that it is a part of; empty: of none
  std::string suite_folder;            ///< absolute path of the results of that suite
};

/// The plan of a request whose models were found; every size fits their inputs. Throws base::UserError as
/// plan::make_plan and inputs::resolve_shapes do.
results::Plan make_plan(const Request& request, const Subjects& subjects, const Installation& installation);

}  // namespace inferometer::experiment
