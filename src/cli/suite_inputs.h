// Where the input values of a suite's experiments come from.
#pragma once

#include "cli/suite_experiment.h"
#include "experiment/workbench.h"

namespace inferometer::cli {

bool has_sequence(const plan::Model& model);

/// The texts for a model with a sequence, the images for any other, as many as the file says; a shorter copy
/// lies in results/dataset. Seeded values where the file names none. Throws base::UserError when what it
/// names cannot be read.
experiment::InputSources suite_inputs(const SuiteSetting& setting, const plan::Model& model);

}  // namespace inferometer::cli
