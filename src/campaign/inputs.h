// Where the input values of a suite's experiments come from.
#pragma once

#include "campaign/campaign.h"
#include "plan/plan.h"

namespace inferometer::campaign {

bool has_sequence(const plan::Model& model);

/// The texts for a model with a sequence, the images for any other, as many as the file says; a shorter copy
/// is in results/dataset. Seeded values where the file names none. Throws base::UserError when what it
/// names cannot be read.
results::InputSources suite_inputs(const Campaign& campaign, const plan::Model& model);

}  // namespace inferometer::campaign
