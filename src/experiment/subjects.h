// The models of an experiment: found by name, downloaded where that is asked for, and inspected.
#pragma once

#include <string>
#include <vector>

#include "builder_client/builder.h"
#include "experiment/installation.h"
#include "models/models.h"
#include "plan/plan.h"

namespace inferometer::experiment {

struct Subject {
  plan::Model model;
  models::Reference reference;
};
using Subjects = std::vector<Subject>;

/// Reads alone: nothing is downloaded or built. Throws base::UserError for a model that cannot work.
Subject inspect(const std::string& name, bool synthetic_weights, const Installation& installation);

/// The same of what is to be measured: downloaded first where it is on the hub.
Subject obtain(const models::Reference& reference, const Installation& installation,
               const builder_client::Notify& notify);
/// Every model by name.
Subjects obtain_all(const std::vector<std::string>& names, bool synthetic_weights,
                    const Installation& installation, const builder_client::Notify& notify);

const Subject& subject_named(const std::string& name, const Subjects& subjects);

}  // namespace inferometer::experiment
